import { useQuery } from '@tanstack/react-query';
import { App, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { FormDialog } from '../../shell/FormDialog.tsx';
import { OpinionList } from './OpinionList.tsx';

interface Props {
  order: Order;
  reload: () => void;
  onClose: () => void;
}
interface Asked {
  question: string;
  institution?: string;
  priority: Order['priority'];
}

/** 会诊: what was asked and answered on this case, and a new question: a sub-order with its own clock. */
export function OpinionDialog({ order, reload, onClose }: Props) {
  const { t } = useTranslation(['imaging', 'shell']);
  const { message } = App.useApp();
  const centers = useQuery({
    queryKey: ['imaging', 'opinion-centers'],
    queryFn: async () =>
      (await get<{ items: { code: string; name: string }[] }>('/api/imaging/opinion-centers')).items,
    staleTime: 10 * 60_000,
  });
  const ask = async (values: Asked) => {
    const made = await post<{ accessionNumber: string }>(`/api/imaging/orders/${order.id}/second-opinion`, {
      ...values,
      institution: values.institution ?? undefined,
    });
    message.success(t('opinion.asked', { number: made.accessionNumber }));
    reload();
  };
  return (
    <FormDialog<Asked>
      open
      title={t('opinion.title')}
      okText={t('opinion.ask')}
      layout="vertical"
      width={560}
      onSave={ask}
      onClose={onClose}
    >
      <OpinionList order={order} />
      <Form.Item
        name="question"
        label={t('opinion.question')}
        rules={[{ required: true, whitespace: true, message: t('opinion.needsQuestion') }]}
      >
        <Input.TextArea autoFocus rows={3} maxLength={2000} />
      </Form.Item>
      <Form.Item name="institution" label={t('opinion.center')}>
        <Select
          allowClear
          placeholder={t('opinion.byRouting')}
          loading={centers.isPending}
          options={(centers.data ?? []).map(({ code, name }) => ({ value: code, label: name }))}
        />
      </Form.Item>
      <Form.Item name="priority" label={t('opinion.priority')} initialValue={order.priority}>
        <Select
          options={(['emergency', 'urgent', 'routine'] as const).map((value) => ({
            value,
            label: t(`shell:priority.${value}`),
          }))}
        />
      </Form.Item>
      <p className="hub-quiet">{t('opinion.hint')}</p>
    </FormDialog>
  );
}
