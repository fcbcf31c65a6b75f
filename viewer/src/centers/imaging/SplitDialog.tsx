import { useQuery } from '@tanstack/react-query';
import { Alert, App, Form, Input, Modal, Radio, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post, query } from '../../api/client.ts';
import type { Order, Page, Session, WorklistRow } from '../../api/types.ts';
import { may } from '../../shell/access.ts';
import { dateTime } from '../../shell/format.ts';
import { useSession } from '../../shell/session.tsx';
import { errorText } from '../../shell/states.tsx';
import type { InputStudy } from './studies.ts';

interface Props {
  open: boolean;
  order: Order;
  reload: () => void;
  onClose: () => void;
}
interface Values {
  studyInstanceUid: string;
  code: string;
  note?: string;
  toOrderId?: string;
  pin?: string;
}

const REASONS = ['other-patient', 'other-order', 'other'] as const;
const SIGNED: readonly string[] = ['final', 'acknowledged', 'corrected'];

/** Who joins images, and of a signed or voided case who may void its report. */
export const mayBeSplit = (session: Session, order: Order): boolean =>
  may(session, 'order.join') ||
  ((SIGNED.includes(order.status) || order.status === 'void') && may(session, 'report.verify'));

/** Takes a study away from an order, to another one or back into the queue; the report of a signed case is voided first. */
export function SplitDialog({ open, order, reload, onClose }: Props) {
  const { t } = useTranslation(['imaging', 'shell']);
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [text, setText] = useState('');
  const studies = Array.isArray(order.input?.studies) ? (order.input.studies as InputStudy[]) : [];
  const signed = SIGNED.includes(order.status);
  const session = useSession();
  const joins = may(session, 'order.join');
  const refused = signed && !may(session, 'report.verify');
  const found = useQuery({
    queryKey: ['split', 'orders', text],
    enabled: open && text.trim() !== '',
    queryFn: async () =>
      (await get<Page<WorklistRow>>(`/api/orders${query({ center: 'imaging', q: text.trim(), limit: 20 })}`))
        .items,
  });
  const targets = (found.data ?? []).filter((each) => each.orderId !== order.id);
  const run = async () => {
    const values = await form.validateFields();
    setBusy(true);
    setFailure(null);
    try {
      await post(`/api/orders/${order.id}/split`, {
        studyInstanceUid: values.studyInstanceUid,
        reason: [values.code === 'other' ? '' : t(`split.reasons.${values.code}`), values.note?.trim()]
          .filter(Boolean)
          .join('：'),
        ...(values.toOrderId ? { toOrderId: values.toOrderId } : {}),
        ...(signed ? { pin: values.pin } : {}),
      });
      message.success(t('split.done'));
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
      title={t('split.title')}
      okText={t('split.confirm')}
      okButtonProps={{ danger: true, loading: busy, disabled: studies.length === 0 || refused }}
      onOk={() => void run().catch(() => undefined)}
      onCancel={onClose}
      destroyOnHidden
    >
      {refused && <Alert type="warning" showIcon title={t('split.verifier')} style={{ marginBottom: 8 }} />}
      <p>{t(signed ? 'split.voids' : 'split.explains', { who: order.patient?.name ?? '' })}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        preserve={false}
        initialValues={{ studyInstanceUid: studies.length === 1 ? studies[0]?.studyInstanceUid : undefined }}
      >
        <Form.Item
          name="studyInstanceUid"
          label={t('split.study')}
          rules={[{ required: true, message: t('split.studyRequired') }]}
        >
          <Radio.Group className="hub-column-choice">
            {studies.map((study) => (
              <Radio key={study.studyInstanceUid} value={study.studyInstanceUid}>
                {[
                  study.modalities.join('/'),
                  study.description,
                  study.studyDate,
                  t('split.images', { n: study.series.reduce((sum, each) => sum + each.instances, 0) }),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </Radio>
            ))}
          </Radio.Group>
        </Form.Item>
        {!joins && <p className="hub-quiet">{t('split.queue')}</p>}
        <Form.Item label={t('split.target')} extra={t('split.targetNone')} hidden={!joins}>
          <Input
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              form.setFieldValue('toOrderId', undefined);
            }}
            aria-label={t('split.target')}
            placeholder={t('split.find')}
            allowClear
          />
        </Form.Item>
        {targets.length > 0 && (
          <Form.Item name="toOrderId">
            <Radio.Group className="hub-column-choice">
              {targets.map((each) => (
                <Radio key={each.orderId} value={each.orderId}>
                  {[
                    each.patientName,
                    each.itemName,
                    each.accessionNumber,
                    each.institutionName,
                    t(`shell:status.${each.status}`),
                    dateTime(each.createdAt as string),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </Radio>
              ))}
            </Radio.Group>
          </Form.Item>
        )}
        <Form.Item
          name="code"
          label={t('shell:reason.label')}
          rules={[{ required: true, message: t('shell:reason.required') }]}
        >
          <Select options={REASONS.map((value) => ({ value, label: t(`split.reasons.${value}`) }))} />
        </Form.Item>
        <Form.Item
          name="note"
          dependencies={['code']}
          rules={[
            ({ getFieldValue }) => ({
              required: getFieldValue('code') === 'other',
              message: t('shell:reason.required'),
            }),
          ]}
        >
          <Input maxLength={300} aria-label={t('split.note')} placeholder={t('split.note')} />
        </Form.Item>
        {signed && !refused && (
          <Form.Item
            name="pin"
            label={t('split.pin')}
            rules={[{ required: true, message: t('split.pinRequired') }]}
          >
            <Input.Password autoComplete="off" maxLength={32} />
          </Form.Item>
        )}
      </Form>
      {failure && <Alert type="error" showIcon title={failure} />}
    </Modal>
  );
}
