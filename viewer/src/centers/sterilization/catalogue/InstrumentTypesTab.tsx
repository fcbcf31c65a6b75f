import { Button, Form, Input, InputNumber, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListTable } from '../../../shell/ListTable.tsx';
import type { Setup } from '../types.ts';
import { CODE_RULE, FormModal, filled } from './FormModal.tsx';
import { PictureField, pictureUrl } from './PictureField.tsx';

type Row = Setup['instrumentTypes'][number];
interface Values {
  code: string;
  name: string;
  nameEn?: string;
  gtin?: string;
  priceYuan?: number;
  pictureSha256?: string;
  active: boolean;
}

/** Kinds of instruments with picture, GTIN and price. */
export function InstrumentTypesTab({ rows, mayEdit }: { rows: Row[]; mayEdit: boolean }) {
  const { t } = useTranslation('sterilization');
  const [editing, setEditing] = useState<Partial<Row> | null>(null);
  return (
    <>
      <div className="hub-bar cssd-tab-bar">
        {mayEdit && (
          <Button type="primary" onClick={() => setEditing({ active: true })}>
            {t('catalogue.newInstrument')}
          </Button>
        )}
      </div>
      <ListTable<Row>
        searchable={false}
        name="instrument-types"
        rowKey="code"
        empty={t('catalogue.noInstruments')}
        rows={rows}
        columns={[
          {
            title: t('catalogue.picture'),
            width: 72,
            render: (row) =>
              row.pictureSha256 ? (
                <img
                  className="cssd-thumb"
                  src={pictureUrl(row.pictureSha256)}
                  alt={row.name}
                  loading="lazy"
                />
              ) : (
                <span className="hub-quiet">—</span>
              ),
          },
          { title: t('catalogue.code'), text: (row) => row.code },
          {
            title: t('catalogue.nameZh'),
            render: (row) => (
              <>
                {row.name} {!row.active && <span className="hub-quiet">{t('catalogue.inactive')}</span>}
              </>
            ),
          },
          { title: t('catalogue.nameEn'), text: (row) => row.nameEn },
          { title: 'GTIN', text: (row) => row.gtin },
          {
            title: t('catalogue.price'),
            align: 'right',
            render: (row) => (row.priceFen > 0 ? (row.priceFen / 100).toFixed(2) : ''),
          },
          { title: t('catalogue.coded'), text: (row) => row.coded, align: 'right' },
          {
            title: '',
            render: (row) =>
              mayEdit && (
                <Button size="small" onClick={() => setEditing(row)}>
                  {t('catalogue.edit')}
                </Button>
              ),
          },
        ]}
      />
      {editing && <Dialog row={editing} onClose={() => setEditing(null)} />}
    </>
  );
}

function Dialog({ row, onClose }: { row: Partial<Row>; onClose: () => void }) {
  const { t } = useTranslation('sterilization');
  const [form] = Form.useForm<Values>();
  const picture = Form.useWatch('pictureSha256', form);
  return (
    <FormModal<Values>
      title={row.code ? `${row.code} ${row.name ?? ''}` : t('catalogue.newInstrument')}
      act="save-instrument-type"
      form={form}
      initial={{
        active: row.active ?? true,
        priceYuan: (row.priceFen ?? 0) / 100,
        ...(row.code && { code: row.code, name: row.name ?? '', nameEn: row.nameEn ?? '' }),
        ...(row.gtin && { gtin: row.gtin }),
        ...(row.pictureSha256 && { pictureSha256: row.pictureSha256 }),
      }}
      body={({ priceYuan, ...values }) => ({
        ...filled({ ...values }),
        priceFen: Math.round((priceYuan ?? 0) * 100),
      })}
      onClose={onClose}
    >
      <div className="cssd-figures">
        <Form.Item
          name="code"
          label={t('catalogue.code')}
          rules={[{ required: true, pattern: CODE_RULE, message: t('catalogue.codeRule') }]}
        >
          <Input disabled={row.code !== undefined} />
        </Form.Item>
        <Form.Item
          name="name"
          label={t('catalogue.nameZh')}
          rules={[{ required: true, message: t('form.required') }]}
        >
          <Input />
        </Form.Item>
        <Form.Item name="nameEn" label={t('catalogue.nameEn')}>
          <Input />
        </Form.Item>
        <Form.Item
          name="gtin"
          label="GTIN"
          rules={[{ pattern: /^\d{14}$/, message: t('catalogue.gtinRule') }]}
        >
          <Input inputMode="numeric" />
        </Form.Item>
        <Form.Item name="priceYuan" label={t('catalogue.price')}>
          <InputNumber min={0} precision={2} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item name="active" label={t('catalogue.active')} valuePropName="checked">
          <Switch />
        </Form.Item>
      </div>
      <Form.Item name="pictureSha256" label={t('catalogue.picture')}>
        <PictureField value={picture ?? null} />
      </Form.Item>
    </FormModal>
  );
}
