import { App, Button, Form, Input, InputNumber } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { FormDialog } from '../FormDialog.tsx';
import { InstitutionSelect } from '../InstitutionSelect.tsx';

interface Values {
  institutionId: string;
  days: number;
  reason: string;
}

const initial = { days: 30 };

/** Sends the patient on to another institution, whose clinicians see the results from then on. */
export function ReferButton({ order, reload }: { order: Order; reload: () => void }) {
  const { t } = useTranslation(['referral', 'shell']);
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const required = [{ required: true, message: t('required') }];
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t('refer')}
      </Button>
      <FormDialog<Values>
        open={open}
        title={`${t('refer')} · ${order.patient?.name ?? ''}`}
        okText={t('refer')}
        initial={initial}
        onClose={() => setOpen(false)}
        onSave={async (values) => {
          await post(`/api/orders/${order.id}/refer`, values);
          message.success(t('done'));
          reload();
        }}
      >
        <p>{t('consequence')}</p>
        <Form.Item name="institutionId" label={t('to')} rules={required}>
          <InstitutionSelect kinds={['county-hospital', 'township', 'community']} />
        </Form.Item>
        <Form.Item name="days" label={t('days')} rules={required}>
          <InputNumber min={1} max={90} />
        </Form.Item>
        <Form.Item
          name="reason"
          label={t('reason')}
          rules={[{ required: true, min: 2, message: t('required') }]}
        >
          <Input.TextArea rows={2} maxLength={500} placeholder={t('reasonHint')} />
        </Form.Item>
      </FormDialog>
    </>
  );
}
