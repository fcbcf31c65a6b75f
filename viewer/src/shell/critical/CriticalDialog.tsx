import { useQuery } from '@tanstack/react-query';
import { Alert, App, Form, Input, Modal, Radio, Select } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { focusField } from '../focusField.ts';
import { get, post, query } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { errorText } from '../states.tsx';

interface Rule {
  code: string;
  name: string;
  nameEn?: string;
  tier: 'critical' | 'significant';
}

/** Raises a critical value at any moment, before signing too. Names who will be called. */
export function CriticalDialog({
  open,
  order,
  onClose,
}: {
  open: boolean;
  order: Order;
  onClose: () => void;
}) {
  const { t, i18n } = useTranslation('shell');
  const { message } = App.useApp();
  const [form] = Form.useForm<{ ruleCode?: string; tier: 'critical' | 'significant'; finding: string }>();
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (open) setFailure(null);
  }, [open]);
  const rules = useQuery({
    queryKey: ['critical-rules', order.center],
    queryFn: async () =>
      (await get<{ items: Rule[] }>(`/api/critical-rules${query({ center: order.center, limit: 200 })}`))
        .items,
    enabled: open,
    staleTime: 5 * 60_000,
    retry: false,
  });
  const nameOf = (rule: Rule) => (i18n.language === 'en-US' ? (rule.nameEn ?? rule.name) : rule.name);
  const run = async () => {
    const values = await form.validateFields();
    setBusy(true);
    setFailure(null);
    try {
      await post(`/api/orders/${order.id}/critical`, values);
      message.success(t('critical.raised'));
      onClose();
    } catch (error) {
      setFailure(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open={open}
      title={t('critical.raise')}
      okText={t('critical.raiseOk')}
      okButtonProps={{ danger: true, loading: busy }}
      onOk={() => void run().catch(() => undefined)}
      onCancel={onClose}
      destroyOnHidden
      afterOpenChange={focusField}
      width={520}
    >
      <p>
        {t('critical.consequence', {
          patient: order.patient?.name ?? t('patient.unknown'),
          site: order.institutionName,
        })}
      </p>
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        initialValues={{ tier: 'critical' }}
        requiredMark={false}
      >
        <Form.Item name="ruleCode" label={t('critical.rule')}>
          <Select
            allowClear
            autoFocus
            showSearch={{ optionFilterProp: 'label' }}
            options={(rules.data ?? []).map((rule) => ({ value: rule.code, label: nameOf(rule) }))}
            onChange={(code: string | undefined) => {
              const rule = rules.data?.find((each) => each.code === code);
              if (!rule) return;
              form.setFieldsValue({
                tier: rule.tier,
                finding: form.getFieldValue('finding') || nameOf(rule),
              });
            }}
          />
        </Form.Item>
        <Form.Item name="tier" label={t('critical.tier')}>
          <Radio.Group
            options={[
              { value: 'critical', label: t('critical.tiers.critical') },
              { value: 'significant', label: t('critical.tiers.significant') },
            ]}
          />
        </Form.Item>
        <Form.Item
          name="finding"
          label={t('critical.finding')}
          rules={[{ required: true, whitespace: true, message: t('critical.findingRequired') }]}
        >
          <Input.TextArea rows={2} maxLength={500} />
        </Form.Item>
      </Form>
      {failure && <Alert type="error" title={failure} showIcon />}
    </Modal>
  );
}
