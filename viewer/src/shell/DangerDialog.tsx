import { Alert, Form, Input, Modal, Select } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { focusField } from './focusField.ts';
import { errorText } from './states.tsx';

export interface Reason {
  code: string;
  label: string;
  /** The code alone says too little: a note is required. */
  needsNote?: boolean;
}

interface Props {
  open: boolean;
  title: string;
  /** What will happen to whom, in one or two sentences. */
  consequence: string;
  reasons?: Reason[];
  /** Ask for a note even without coded reasons. */
  note?: boolean;
  okText: string;
  onOk: (reason: { code: string; note: string }) => Promise<unknown>;
  onClose: () => void;
}

/** A dangerous act: says what will happen to whom and asks for the coded reason. */
export function DangerDialog({ open, title, consequence, reasons, note, okText, onOk, onClose }: Props) {
  const { t } = useTranslation('shell');
  const [form] = Form.useForm<{ code: string; note: string }>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    if (open) setFailure(null);
  }, [open]);
  const code = Form.useWatch('code', form);
  const noteRequired = reasons?.find((r) => r.code === code)?.needsNote ?? (note && !reasons) ?? false;

  const run = async () => {
    const values = await form.validateFields();
    setBusy(true);
    setFailure(null);
    try {
      await onOk({ code: values.code ?? '', note: values.note ?? '' });
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
      title={title}
      okText={okText}
      okButtonProps={{ danger: true, loading: busy }}
      onOk={() => void run().catch(() => undefined)}
      onCancel={onClose}
      destroyOnHidden
      afterOpenChange={focusField}
      width={480}
    >
      <p>{consequence}</p>
      <Form form={form} layout="vertical" preserve={false} requiredMark={false}>
        {reasons && (
          <Form.Item
            name="code"
            label={t('reason.label')}
            rules={[{ required: true, message: t('reason.required') }]}
          >
            <Select
              autoFocus
              options={reasons.map((r) => ({ value: r.code, label: r.label }))}
              placeholder={t('reason.choose')}
            />
          </Form.Item>
        )}
        {(reasons || note) && (
          <Form.Item
            name="note"
            label={t('reason.note')}
            rules={
              noteRequired ? [{ required: true, whitespace: true, message: t('reason.noteRequired') }] : []
            }
          >
            <Input.TextArea rows={2} maxLength={500} />
          </Form.Item>
        )}
      </Form>
      {failure && <Alert type="error" title={failure} showIcon />}
    </Modal>
  );
}
