import { useQuery } from '@tanstack/react-query';
import { Alert, App, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, post } from '../../api/client.ts';
import type { Order, OrderStatus } from '../../api/types.ts';
import { dateTime } from '../../shell/format.ts';
import { errorText } from '../../shell/states.tsx';

interface Props {
  open: boolean;
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
export function OpinionDialog({ open, order, reload, onClose }: Props) {
  const { t } = useTranslation(['imaging', 'shell']);
  const { message } = App.useApp();
  const [form] = Form.useForm<Asked>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const centers = useQuery({
    queryKey: ['imaging', 'opinion-centers'],
    queryFn: async () =>
      (await get<{ items: { code: string; name: string }[] }>('/api/imaging/opinion-centers')).items,
    enabled: open,
    staleTime: 10 * 60_000,
  });
  const opinions = (order.input?.secondOpinions as Opinion[] | undefined) ?? [];
  const ask = async (values: Asked) => {
    setBusy(true);
    setFailure(null);
    try {
      const made = await post<{ accessionNumber: string }>(`/api/imaging/orders/${order.id}/second-opinion`, {
        ...values,
        ...(values.institution ? {} : { institution: undefined }),
      });
      message.success(t('opinion.asked', { number: made.accessionNumber }));
      form.resetFields();
      reload();
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
      title={t('opinion.title')}
      okText={t('opinion.ask')}
      confirmLoading={busy}
      onOk={() => form.submit()}
      onCancel={onClose}
      width={560}
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
      {failure && <Alert type="error" title={failure} style={{ marginBottom: 8 }} />}
      <Form<Asked>
        form={form}
        layout="vertical"
        initialValues={{ priority: order.priority }}
        onFinish={(values) => void ask(values)}
      >
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
        <Form.Item name="priority" label={t('opinion.priority')}>
          <Select
            options={(['emergency', 'urgent', 'routine'] as const).map((value) => ({
              value,
              label: t(`shell:priority.${value}`),
            }))}
          />
        </Form.Item>
      </Form>
      <p className="hub-quiet">{t('opinion.hint')}</p>
    </Modal>
  );
}
