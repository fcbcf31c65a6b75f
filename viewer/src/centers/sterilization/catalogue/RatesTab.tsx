import { Button, Form, Input, InputNumber, Select } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListTable } from '../../../shell/ListTable.tsx';
import type { Catalogue, Setup } from '../types.ts';
import { FormModal } from './FormModal.tsx';

const COMPONENTS = [
  'labor',
  'packaging',
  'indicator',
  'detergent',
  'energy',
  'depreciation',
  'transport',
  'other',
];
interface Values {
  component: string;
  setTypeCode?: string;
  method?: string;
  amountYuan: number;
  validFrom: string;
}

/** Cost rates 成本单价 per pack: the most specific one valid on the day of release counts. */
export function RatesTab({
  rates,
  setTypes,
  mayEdit,
}: {
  rates: Setup['rates'];
  setTypes: Catalogue['setTypes'];
  mayEdit: boolean;
}) {
  const { t } = useTranslation('sterilization');
  const [adding, setAdding] = useState(false);
  return (
    <>
      <div className="hub-bar cssd-tab-bar">
        {mayEdit && (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t('rate.new')}
          </Button>
        )}
        <span className="hub-quiet">{t('rate.rule')}</span>
      </div>
      <ListTable<Setup['rates'][number]>
        name="rates"
        rowKey="id"
        empty={t('rate.none')}
        rows={rates}
        columns={[
          { title: t('rate.component'), render: (row) => t(`component.${row.component}`) },
          { title: t('rate.scope'), render: (row) => row.setName ?? t('rate.allSets') },
          {
            title: t('catalogue.method'),
            render: (row) => (row.method ? t(`method.${row.method}`) : t('rate.allMethods')),
          },
          {
            title: t('rate.amount'),
            align: 'right',
            render: (row) => (row.amountFen / 100).toFixed(2),
          },
          { title: t('rate.validFrom'), text: (row) => row.validFrom },
        ]}
      />
      {adding && (
        <FormModal<Values>
          title={t('rate.new')}
          act="save-cost-rate"
          initial={{ validFrom: dayjs().format('YYYY-MM-DD') }}
          body={({ amountYuan, setTypeCode, method, ...values }) => ({
            ...values,
            amountFen: Math.round(amountYuan * 100),
            ...(setTypeCode && { setTypeCode }),
            ...(method && { method }),
          })}
          onClose={() => setAdding(false)}
        >
          <div className="cssd-figures">
            <Form.Item
              name="component"
              label={t('rate.component')}
              rules={[{ required: true, message: t('form.required') }]}
            >
              <Select options={COMPONENTS.map((value) => ({ value, label: t(`component.${value}`) }))} />
            </Form.Item>
            <Form.Item name="setTypeCode" label={t('rate.scope')}>
              <Select
                allowClear
                showSearch
                optionFilterProp="label"
                placeholder={t('rate.allSets')}
                options={setTypes.map((type) => ({ value: type.code, label: type.name }))}
              />
            </Form.Item>
            <Form.Item name="method" label={t('catalogue.method')}>
              <Select
                allowClear
                placeholder={t('rate.allMethods')}
                options={['steam', 'eo', 'plasma', 'formaldehyde', 'dry-heat'].map((value) => ({
                  value,
                  label: t(`method.${value}`),
                }))}
              />
            </Form.Item>
            <Form.Item
              name="amountYuan"
              label={t('rate.amount')}
              rules={[{ required: true, message: t('form.required') }]}
            >
              <InputNumber min={0} precision={2} style={{ width: '100%' }} />
            </Form.Item>
            <Form.Item
              name="validFrom"
              label={t('rate.validFrom')}
              rules={[{ required: true, pattern: /^\d{4}-\d{2}-\d{2}$/, message: t('form.date') }]}
            >
              <Input />
            </Form.Item>
          </div>
        </FormModal>
      )}
    </>
  );
}
