import { Alert, Form, Input, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { FormDialog } from '../../shell/FormDialog.tsx';
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
  const required = (message: string) => [{ required: true, whitespace: true, message }];
  const answer = async ({ reached, ...rest }: Record<string, string | null>) => {
    await post(`/api/critical/${value.id}/answer`, {
      kind,
      ...Object.fromEntries(Object.entries(rest).filter(([, given]) => given != null)),
      ...(reached === 'yes' ? { patientReachedAt: new Date().toISOString() } : {}),
    });
    onDone();
  };
  return (
    <FormDialog<Record<string, string | null>>
      open
      title={t(`acts.${kind}`)}
      okText={t('shell:action.confirm')}
      layout="vertical"
      danger={kind === 'withdrawn'}
      onSave={answer}
      onClose={onClose}
    >
      <p>
        <b>{value.patientName ?? t('shell:patient.unknown')}</b> · {value.accessionNumber} ·{' '}
        {value.institutionName}
      </p>
      <p className="hub-prewrap hub-result-text">{value.finding}</p>
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
    </FormDialog>
  );
}
