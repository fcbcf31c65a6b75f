import { useQuery } from '@tanstack/react-query';
import { App, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, post } from '../../api/client.ts';
import type { Order, OrderStatus } from '../../api/types.ts';
import { dateTime } from '../../shell/format.ts';
import { FormDialog } from '../../shell/FormDialog.tsx';

interface Props {
  order: Order;
  reload: () => void;
  onClose: () => void;
}
interface Opinion {
  orderId: string;
  accessionNumber: string;
  status: OrderStatus;
  reportingInstitutionName: string;
  question: string;
  dueAt: string | null;
  impression: string | null;
  signedBy: string | null;
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
  const opinions = (order.input?.secondOpinions as Opinion[] | undefined) ?? [];
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
      {opinions.length > 0 && (
        <ul className="hub-opinions" aria-label={t('opinion.list')}>
          {opinions.map((each) => (
            <li key={each.orderId}>
              <Link to={`/orders/${each.orderId}`}>{each.accessionNumber}</Link>{' '}
              {each.reportingInstitutionName} · {t(`shell:status.${each.status}`)}
              {each.dueAt && !each.impression && (
                <span className="hub-quiet"> {t('opinion.due', { at: dateTime(each.dueAt) })}</span>
              )}
              <div className="hub-quiet">{each.question}</div>
              {each.impression && (
                <div>
                  <b>{each.impression}</b> <span className="hub-quiet">{each.signedBy}</span>
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
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
