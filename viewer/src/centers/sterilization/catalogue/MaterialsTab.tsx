import { Button, Form, Input, InputNumber, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListTable } from '../../../shell/ListTable.tsx';
import type { Setup } from '../types.ts';
import { CODE_RULE, FormModal, filled } from './FormModal.tsx';

type Row = Setup['materials'][number];

/** Packaging materials: shelf life within the climate limits of the store and outside of them. */
export function MaterialsTab({ rows, mayEdit }: { rows: Row[]; mayEdit: boolean }) {
  const { t, i18n } = useTranslation('sterilization');
  const [editing, setEditing] = useState<Partial<Row> | null>(null);
  return (
    <>
      <div className="hub-bar cssd-tab-bar">
        {mayEdit && (
          <Button type="primary" onClick={() => setEditing({ active: true })}>
            {t('catalogue.newMaterial')}
          </Button>
        )}
        <span className="hub-quiet">{t('catalogue.climateRule')}</span>
      </div>
      <ListTable<Row>
        searchable={false}
        name="materials"
        rowKey="code"
        empty={t('catalogue.noMaterials')}
        rows={rows}
        columns={[
          { title: t('catalogue.code'), text: (row) => row.code },
          {
            title: t('catalogue.material'),
            render: (row) => (
              <>
                {i18n.language === 'en-US' ? row.nameEn : row.name}{' '}
                {!row.active && <span className="hub-quiet">{t('catalogue.inactive')}</span>}
              </>
            ),
          },
          { title: t('catalogue.shelfLife'), text: (row) => row.shelfLifeDays, align: 'right' },
          {
            title: t('catalogue.shelfLifeOtherwise'),
            text: (row) => row.shelfLifeDaysUncontrolled,
            align: 'right',
          },
          { title: t('catalogue.usedBySets'), text: (row) => row.setTypes, align: 'right' },
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
      {editing && (
        <FormModal<Row>
          title={editing.code ? (editing.name ?? editing.code) : t('catalogue.newMaterial')}
          act="save-material"
          initial={editing}
          body={({ setTypes: _, ...values }) => filled({ ...values })}
          onClose={() => setEditing(null)}
        >
          <div className="cssd-figures">
            <Form.Item
              name="code"
              label={t('catalogue.code')}
              rules={[{ required: true, pattern: CODE_RULE, message: t('catalogue.codeRule') }]}
            >
              <Input disabled={editing.code !== undefined} />
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
              name="shelfLifeDays"
              label={t('catalogue.shelfLife')}
              rules={[{ required: true, message: t('form.required') }]}
            >
              <InputNumber min={1} max={730} style={{ width: '100%' }} />
            </Form.Item>
            <Form.Item
              name="shelfLifeDaysUncontrolled"
              label={t('catalogue.shelfLifeOtherwise')}
              dependencies={['shelfLifeDays']}
              rules={[
                { required: true, message: t('form.required') },
                ({ getFieldValue }) => ({
                  validator: (_, value: number) =>
                    value > Number(getFieldValue('shelfLifeDays'))
                      ? Promise.reject(new Error(t('catalogue.shelfLifeOrder')))
                      : Promise.resolve(),
                }),
              ]}
            >
              <InputNumber min={1} max={730} style={{ width: '100%' }} />
            </Form.Item>
            <Form.Item name="active" label={t('catalogue.active')} valuePropName="checked">
              <Switch />
            </Form.Item>
          </div>
          <p className="hub-quiet">{t('catalogue.materialHint')}</p>
        </FormModal>
      )}
    </>
  );
}
