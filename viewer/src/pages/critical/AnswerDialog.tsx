import { Alert, Form, Input, Modal, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { errorText } from '../../shell/states.tsx';
import type { CriticalValue } from '../../shell/useCritical.ts';

export type AnswerKind = 'notified' | 'acknowledged' | 'disposed' | 'withdrawn';

interface Props {
  value: CriticalValue;
  kind: AnswerKind;
  onClose: () => void;
  onDone: () => void;
}

/** One step of the loop: the call, the read-back, the disposition, or the withdrawal. */
export function AnswerDialog({ value, kind, onClose, onDone }: Props) {
  const { t } = useTranslation(['critical', 'shell']);
  const [form] = Form.useForm<Record<string, string>>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const required = (message: string) => [{ required: true, whitespace: true, message }];
  const run = async () => {
    const values = await form.validateFields();
    setBusy(true);
    setFailure(null);
    try {
      const { reached, ...rest } = values as Record<string, unknown>;
      await post(`/api/critical/${value.id}/answer`, {
        kind,
        ...Object.fromEntries(Object.entries(rest).filter(([, v]) => v !== undefined && v !== '')),
        ...(reached === 'yes' ? { patientReachedAt: new Date().toISOString() } : {}),
      });
      onDone();
      onClose();
    } catch (error) {
      setFailure(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t(`acts.${kind}`)}
      okText={t('shell:action.confirm')}
      okButtonProps={{ loading: busy, danger: kind === 'withdrawn' }}
      onOk={() => void run().catch(() => undefined)}
      onCancel={onClose}
      destroyOnHidden
    >
      <p>
        <b>{value.patientName ?? t('shell:patient.unknown')}</b> · {value.accessionNumber} ·{' '}
        {value.institutionName}
      </p>
      <p className="hub-prewrap hub-result-text">{value.finding}</p>
      <Form form={form} layout="vertical" requiredMark={false} preserve={false}>
        {kind === 'acknowledged' && (
          <Form.Item
            name="readBack"
            label={t('readBack')}
            extra={t('readBackHint')}
            rules={required(t('readBackRequired'))}
          >
            <Input.TextArea autoFocus rows={2} maxLength={500} />
          </Form.Item>
        )}
        {kind === 'disposed' && (
          <>
            <Form.Item name="disposition" label={t('disposition')} rules={required(t('dispositionRequired'))}>
              <Input.TextArea autoFocus rows={3} maxLength={1000} />
            </Form.Item>
            <Form.Item name="reached" label={t('patientReached')} initialValue="yes">
              <Radio.Group
                options={[
                  { value: 'yes', label: t('yes') },
                  { value: 'no', label: t('no') },
                ]}
              />
            </Form.Item>
          </>
        )}
        {kind === 'notified' && (
          <>
            {value.dutyPhone && <p>{t('dutyPhone', { phone: value.dutyPhone })}</p>}
            <Form.Item name="recipientName" label={t('recipient')} rules={required(t('recipientRequired'))}>
              <Input autoFocus maxLength={100} />
            </Form.Item>
            <Form.Item name="channel" label={t('channel')} initialValue="phone">
              <Radio.Group
                options={['phone', 'in-person', 'sms', 'screen'].map((each) => ({
                  value: each,
                  label: t(`channels.${each}`),
                }))}
              />
            </Form.Item>
            <Form.Item name="result" label={t('result')} initialValue="reached">
              <Radio.Group
                options={['reached', 'no-answer', 'failed'].map((each) => ({
                  value: each,
                  label: t(`results.${each}`),
                }))}
              />
            </Form.Item>
            <Form.Item
              name="readBack"
              label={t('readBack')}
              dependencies={['channel', 'result']}
              rules={[
                ({ getFieldValue }) => ({
                  required:
                    getFieldValue('result') === 'reached' &&
                    ['phone', 'in-person'].includes(String(getFieldValue('channel'))),
                  whitespace: true,
                  message: t('readBackRequired'),
                }),
              ]}
            >
              <Input maxLength={500} />
            </Form.Item>
          </>
        )}
        {kind === 'withdrawn' && (
          <>
            <Alert type="warning" title={t('withdrawConsequence')} style={{ marginBottom: 8 }} />
            <Form.Item
              name="reason"
              label={t('shell:reason.label')}
              rules={required(t('shell:reason.noteRequired'))}
            >
              <Input.TextArea autoFocus rows={2} maxLength={500} />
            </Form.Item>
          </>
        )}
      </Form>
      {failure && <Alert type="error" title={failure} showIcon />}
    </Modal>
  );
}
