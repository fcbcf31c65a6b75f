import { Button, Drawer, Form, Input, InputNumber, Select, Switch, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../../shell/format.ts';
import { Failed, Loading } from '../../../shell/states.tsx';
import type { Setup, SetTypeVersion } from '../types.ts';
import { useAct } from '../useAct.ts';
import { useCatalogue, useSterilization } from '../useSterilization.ts';
import { CODE_RULE, filled } from './FormModal.tsx';
import { PictureField, pictureUrl } from './PictureField.tsx';

interface Values {
  code: string;
  name: string;
  nameEn?: string;
  material: string;
  method: string;
  washRequired: boolean;
  implant: boolean;
  innerIndicatorClass: number;
  weightG?: number;
  priceYuan?: number;
  pictureSha256?: string;
  instructions?: string;
  active: boolean;
  contents: { instrumentTypeCode: string; quantity: number }[];
}

/** A set type: its versions beside the form; saving makes the next version, packs keep the one they were made by. */
export function SetTypeEditor({
  code,
  mayEdit,
  setup,
  onClose,
}: {
  /** Null for a new set type. */
  code: string | null;
  mayEdit: boolean;
  setup: Setup;
  onClose: () => void;
}) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const versions = useSterilization<{ versions: SetTypeVersion[] }>(
    `set-types/${encodeURIComponent(code ?? '')}`,
    code !== null,
  );
  const [shown, setShown] = useState<number | null>(null);
  const list = versions.data?.versions ?? [];
  const current = list.find((one) => one.version === shown) ?? list[0];
  return (
    <Drawer
      open
      size={980}
      title={code ? `${code} ${current?.name ?? ''}` : t('catalogue.newSet')}
      onClose={onClose}
      destroyOnHidden
    >
      {code !== null && versions.isPending ? (
        <Loading />
      ) : code !== null && versions.isError ? (
        <Failed error={versions.error} retry={() => void versions.refetch()} />
      ) : (
        <div className="cssd-editor">
          <Editor
            key={current?.version ?? 0}
            version={current}
            newest={current === undefined || current === list[0]}
            mayEdit={mayEdit}
            setup={setup}
            onClose={onClose}
          />
          {list.length > 0 && (
            <aside>
              <h2 className="hub-title">{t('catalogue.versions')}</h2>
              <ol className="cssd-versions">
                {list.map((one, index) => (
                  <li key={one.version}>
                    <Button
                      type={one === current ? 'primary' : 'default'}
                      size="small"
                      onClick={() => setShown(one.version)}
                    >
                      {t('catalogue.versionNumber', { n: one.version })}
                    </Button>{' '}
                    <span className="hub-quiet">
                      {dateTime(one.createdAt)} {one.createdBy ?? ''} · {t('load.packs', { n: one.packs })}
                    </span>
                    <Changes before={list[index + 1]} after={one} />
                  </li>
                ))}
              </ol>
            </aside>
          )}
        </div>
      )}
    </Drawer>
  );
}

/** What a version changed against the one before it. */
function Changes({ before, after }: { before: SetTypeVersion | undefined; after: SetTypeVersion }) {
  const { t } = useTranslation('sterilization');
  if (!before) return null;
  const lines: string[] = [];
  const counts = (version: SetTypeVersion) =>
    new Map(version.contents.map((item) => [item.code, item] as const));
  const old = counts(before);
  const now = counts(after);
  for (const [code, item] of now) {
    const was = old.get(code)?.quantity ?? 0;
    if (was !== item.quantity) lines.push(`${item.name} ${was} → ${item.quantity}`);
  }
  for (const [code, item] of old) if (!now.has(code)) lines.push(`${item.name} ${item.quantity} → 0`);
  if (before.materialName !== after.materialName)
    lines.push(`${t('catalogue.material')} ${before.materialName} → ${after.materialName}`);
  if (before.method !== after.method)
    lines.push(`${t('catalogue.method')} ${t(`method.${before.method}`)} → ${t(`method.${after.method}`)}`);
  if (before.priceFen !== after.priceFen)
    lines.push(
      `${t('catalogue.price')} ${(before.priceFen / 100).toFixed(2)} → ${(after.priceFen / 100).toFixed(2)}`,
    );
  if (before.weightG !== after.weightG)
    lines.push(`${t('catalogue.weight')} ${before.weightG ?? '—'} → ${after.weightG ?? '—'}`);
  if (before.implant !== after.implant) lines.push(t('pack.implant'));
  if (before.pictureSha256 !== after.pictureSha256) lines.push(t('catalogue.picture'));
  return (
    <ul className="hub-quiet">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function Editor({
  version,
  newest,
  mayEdit,
  setup,
  onClose,
}: {
  version: SetTypeVersion | undefined;
  newest: boolean;
  mayEdit: boolean;
  setup: Setup;
  onClose: () => void;
}) {
  const { t, i18n } = useTranslation(['sterilization', 'shell']);
  const catalogue = useCatalogue();
  const { act, busy } = useAct();
  const [form] = Form.useForm<Values>();
  const picture = Form.useWatch('pictureSha256', form);
  const english = i18n.language === 'en-US';
  const required = [{ required: true, message: t('form.required') }];
  const save = async ({ priceYuan, contents, ...values }: Values) => {
    const answer = await act<{ version: number }>(
      'save-set-type',
      {
        ...filled({ ...values }),
        priceFen: Math.round((priceYuan ?? 0) * 100),
        contents: contents.filter((line) => line?.instrumentTypeCode),
      },
      t('record.saved'),
    );
    if (!answer) return;
    await catalogue.refetch();
    onClose();
  };
  if (!mayEdit && version) return <ReadOnly version={version} />;
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      requiredMark={false}
      disabled={!mayEdit}
      scrollToFirstError
      initialValues={
        version
          ? {
              ...version,
              weightG: version.weightG ?? undefined,
              pictureSha256: version.pictureSha256 ?? undefined,
              priceYuan: version.priceFen / 100,
              contents: version.contents.map((item) => ({
                instrumentTypeCode: item.code,
                quantity: item.quantity,
              })),
            }
          : {
              method: 'steam',
              washRequired: true,
              implant: false,
              active: true,
              innerIndicatorClass: 5,
              contents: [{ quantity: 1 }],
            }
      }
      onFinish={(values) => void save(values)}
    >
      <div className="cssd-figures">
        <Form.Item
          name="code"
          label={t('catalogue.code')}
          rules={[{ required: true, pattern: CODE_RULE, message: t('catalogue.codeRule') }]}
        >
          <Input disabled={version !== undefined} />
        </Form.Item>
        <Form.Item name="name" label={t('catalogue.nameZh')} rules={required}>
          <Input maxLength={80} />
        </Form.Item>
        <Form.Item name="nameEn" label={t('catalogue.nameEn')}>
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item name="method" label={t('catalogue.method')} rules={required}>
          <Select
            options={['steam', 'eo', 'plasma', 'formaldehyde', 'dry-heat'].map((value) => ({
              value,
              label: t(`method.${value}`),
            }))}
          />
        </Form.Item>
        <Form.Item name="material" label={t('catalogue.material')} rules={required}>
          <Select
            options={setup.materials
              .filter((one) => one.active)
              .map((one) => ({
                value: one.code,
                label: `${english ? one.nameEn : one.name} ${t('catalogue.days', { n: one.shelfLifeDays })}`,
              }))}
          />
        </Form.Item>
        <Form.Item name="innerIndicatorClass" label={t('catalogue.innerClass')}>
          <InputNumber min={1} max={6} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item
          name="weightG"
          label={t('catalogue.weight')}
          rules={[
            {
              warningOnly: true,
              validator: (_, value: number | undefined) =>
                value !== undefined && value > 7000
                  ? Promise.reject(new Error(t('catalogue.tooHeavy')))
                  : Promise.resolve(),
            },
          ]}
        >
          <InputNumber min={1} max={20000} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item name="priceYuan" label={t('catalogue.price')}>
          <InputNumber min={0} precision={2} style={{ width: '100%' }} />
        </Form.Item>
      </div>
      <div className="hub-bar">
        <Form.Item name="implant" label={t('pack.implant')} valuePropName="checked">
          <Switch />
        </Form.Item>
        <Form.Item name="washRequired" label={t('catalogue.washRequired')} valuePropName="checked">
          <Switch />
        </Form.Item>
        <Form.Item name="active" label={t('catalogue.active')} valuePropName="checked">
          <Switch />
        </Form.Item>
      </div>
      <h2 className="hub-title">{t('catalogue.list')}</h2>
      <Form.List name="contents">
        {(fields, { add, remove, move }) => (
          <>
            {fields.map((field, index) => (
              <div key={field.key} className="cssd-content-row">
                <span className="hub-quiet">{index + 1}</span>
                <Form.Item name={[field.name, 'instrumentTypeCode']} rules={required}>
                  <Select
                    showSearch
                    optionFilterProp="label"
                    placeholder={t('catalogue.instrument')}
                    aria-label={t('catalogue.instrument')}
                    options={setup.instrumentTypes
                      .filter((one) => one.active)
                      .map((one) => ({
                        value: one.code,
                        label: `${english && one.nameEn ? one.nameEn : one.name} ${one.code}`,
                      }))}
                  />
                </Form.Item>
                <Form.Item name={[field.name, 'quantity']} rules={required}>
                  <InputNumber min={1} max={200} aria-label={t('request.quantity')} />
                </Form.Item>
                <Button
                  type="text"
                  disabled={index === 0}
                  aria-label={t('catalogue.up')}
                  onClick={() => move(index, index - 1)}
                >
                  ↑
                </Button>
                <Button
                  type="text"
                  disabled={index === fields.length - 1}
                  aria-label={t('catalogue.down')}
                  onClick={() => move(index, index + 1)}
                >
                  ↓
                </Button>
                <Button type="text" onClick={() => remove(field.name)}>
                  {t('station.remove')}
                </Button>
              </div>
            ))}
            <Button onClick={() => add({ quantity: 1 })}>{t('catalogue.addInstrument')}</Button>
          </>
        )}
      </Form.List>
      <Form.Item name="pictureSha256" label={t('catalogue.picture')} style={{ marginTop: 12 }}>
        <PictureField value={picture ?? null} />
      </Form.Item>
      <Form.Item name="instructions" label={t('catalogue.instructions')}>
        <Input.TextArea rows={3} maxLength={1000} />
      </Form.Item>
      {mayEdit && (
        <div className="hub-bar">
          <Button type="primary" htmlType="submit" loading={busy}>
            {version
              ? t('catalogue.saveVersion', { n: (version.version ?? 0) + (newest ? 1 : 0) || 1 })
              : t('form.save')}
          </Button>
          {!newest && <span className="hub-tone-warn">{t('catalogue.oldVersion')}</span>}
        </div>
      )}
    </Form>
  );
}

function ReadOnly({ version }: { version: SetTypeVersion }) {
  const { t } = useTranslation('sterilization');
  return (
    <div>
      {version.pictureSha256 && (
        <img className="cssd-picture" src={pictureUrl(version.pictureSha256)} alt={version.name} />
      )}
      <p>
        {t(`method.${version.method}`)} · {version.materialName} · {version.weightG ?? '—'} g ·{' '}
        {(version.priceFen / 100).toFixed(2)} {version.implant && t('pack.implant')}
      </p>
      <Table
        size="small"
        rowKey="code"
        pagination={false}
        dataSource={version.contents}
        columns={[
          { title: t('catalogue.instrument'), dataIndex: 'name' },
          { title: t('catalogue.code'), dataIndex: 'code' },
          { title: t('request.quantity'), dataIndex: 'quantity', align: 'right' },
        ]}
      />
      <p>{version.instructions}</p>
    </div>
  );
}
