import { Alert, Button, Form, Input, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../../api/client.ts';
import { useSession } from '../../../shell/session.tsx';
import { problemText } from '../problemText.ts';
import { PackCard } from '../stations/PackCard.tsx';
import { ScanField } from '../stations/ScanField.tsx';
import { ScanLog } from '../stations/ScanLog.tsx';
import { useStation } from '../stations/useStation.ts';
import type { PackDetail } from '../types.ts';

interface Values {
  name: string;
  sex: 'M' | 'F' | 'O' | 'U';
  birthDate?: string;
  type: string;
  value: string;
  visit?: string;
  procedureName?: string;
}

/** Use at the patient: scan the pack, read the inner indicator, tie it to the patient and the visit. */
export function UseTab() {
  const { t } = useTranslation(['sterilization', 'shell']);
  const session = useSession();
  const station = useStation(`${session.institution.code} use`);
  const [pack, setPack] = useState<PackDetail | null>(null);
  const [inner, setInner] = useState<'pass' | 'fail' | null>(null);
  const [form] = Form.useForm<Values>();
  const open = async (code: string) => {
    try {
      const found = await get<PackDetail>(`/api/sterilization/packs/${encodeURIComponent(code)}`);
      if (found.state !== 'received' || found.expiry === 'expired') {
        station.say(
          found.code,
          'wrong',
          found.expiry === 'expired'
            ? t('problem.expired', { expiresOn: found.expiresOn })
            : t('site.cannotUse', { state: t(`state.${found.state}`) }),
        );
        return;
      }
      setPack(found);
      setInner(null);
    } catch (error) {
      station.say(code, 'wrong', problemText(error, t, false));
    }
  };
  const use = async (values?: Values) => {
    if (!pack) return;
    const body = values
      ? {
          code: pack.code,
          innerIndicator: 'pass',
          visit: values.visit ?? '',
          procedureName: values.procedureName ?? '',
          patient: {
            name: values.name,
            sex: values.sex,
            ...(values.birthDate && { birthDate: values.birthDate }),
            identifiers: [{ type: values.type, value: values.value }],
          },
        }
      : { code: pack.code, innerIndicator: 'fail' };
    const answer = await station.act<{ earlyRelease: boolean }>(
      'use',
      body,
      pack.code,
      values ? t('site.used', { name: values.name }) : t('site.innerFailed'),
    );
    if (answer) {
      setPack(null); // the patient stays filled in: an operation opens several packs
      if (answer.earlyRelease) station.say(pack.code, 'queued', t('site.earlyRelease'));
    }
  };
  return (
    <div className="cssd-two">
      <div className="cssd-stack">
        <ScanField label={t('site.scanUse')} onCode={(code) => void open(code)} disabled={station.busy} />
        {pack && <PackCard pack={pack} />}
        {pack && (
          <section className="cssd-card">
            <div className="cssd-fields">
              <label>
                <span>{t('site.inner')}</span>
                <Segmented
                  size="large"
                  value={inner ?? ''}
                  onChange={(value) => setInner(value as 'pass' | 'fail')}
                  options={(['pass', 'fail'] as const).map((value) => ({
                    value,
                    label: t(`outcome.${value}`),
                  }))}
                />
              </label>
            </div>
            {inner === 'fail' && (
              <Alert
                type="error"
                showIcon
                title={t('site.innerFailHint')}
                action={
                  <Button danger onClick={() => void use()}>
                    {t('site.innerFailConfirm')}
                  </Button>
                }
              />
            )}
            <Form<Values>
              form={form}
              layout="vertical"
              requiredMark={false}
              initialValues={{ type: 'mrn', sex: 'U' }}
              onFinish={(values) => void use(values)}
              style={inner === 'fail' ? { display: 'none' } : {}}
            >
              <div className="cssd-figures">
                <Form.Item
                  name="name"
                  label={t('use.name')}
                  rules={[{ required: true, message: t('form.required') }]}
                >
                  <Input autoComplete="off" />
                </Form.Item>
                <Form.Item name="sex" label={t('use.sex')}>
                  <Select
                    options={(['M', 'F', 'O', 'U'] as const).map((value) => ({
                      value,
                      label: t(`shell:sex.${value}`),
                    }))}
                  />
                </Form.Item>
                <Form.Item
                  name="birthDate"
                  label={t('use.birthDate')}
                  rules={[{ pattern: /^\d{4}-\d{2}-\d{2}$/, message: t('form.date') }]}
                >
                  <Input placeholder="1958-03-12" />
                </Form.Item>
                <Form.Item name="type" label={t('use.idType')}>
                  <Select
                    options={['mrn', 'id-card', 'passport'].map((value) => ({
                      value,
                      label: t(`use.${value}`),
                    }))}
                  />
                </Form.Item>
                <Form.Item
                  name="value"
                  label={t('use.id')}
                  rules={[{ required: true, message: t('form.required') }]}
                >
                  <Input autoComplete="off" />
                </Form.Item>
                <Form.Item name="visit" label={t('recall.visit')}>
                  <Input />
                </Form.Item>
                <Form.Item name="procedureName" label={t('use.procedure')}>
                  <Input />
                </Form.Item>
              </div>
              <div className="cssd-buttons">
                <Button
                  type="primary"
                  htmlType="submit"
                  className="cssd-big"
                  disabled={inner !== 'pass'}
                  loading={station.busy}
                >
                  {t('site.useNow')}
                </Button>
                <Button className="cssd-big" onClick={() => setPack(null)}>
                  {t('shell:action.cancel')}
                </Button>
              </div>
            </Form>
          </section>
        )}
      </div>
      <ScanLog station={station} />
    </div>
  );
}
