import { Alert, Form, Modal, type FormInstance } from 'antd';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { focusField } from './focusField.ts';
import { faultText } from './refusal.ts';
import { errorText } from './states.tsx';
import { submitsOnEnter } from './submitsOnEnter.ts';

interface Props<T extends object> {
  open: boolean;
  title: string;
  initial?: Partial<T>;
  okText?: string;
  width?: number;
  /** Labels over the fields: for sentences rather than values. */
  layout?: 'horizontal' | 'vertical';
  /** The act cannot be taken back. */
  danger?: boolean;
  /** Nothing can be saved now; the form says why. */
  disabled?: boolean;
  /** The sentence for a fault that the act knows better than the form. */
  explain?: (error: unknown) => string | undefined;
  children: ReactNode | ((form: FormInstance<T>) => ReactNode);
  onSave: (values: T) => Promise<unknown>;
  onClose: () => void;
}

/** A small form in a dialog; faults that the hub names stand at their fields. */
export function FormDialog<T extends object>({
  open,
  title,
  initial,
  okText,
  width = 520,
  layout = 'horizontal',
  danger = false,
  disabled = false,
  explain,
  children,
  onSave,
  onClose,
}: Props<T>) {
  const { t } = useTranslation('shell');
  const [form] = Form.useForm<T>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  // By what it says, not by which object says it: a page that draws again must not take away what was typed.
  const said = JSON.stringify(initial);
  const latest = useRef(initial);
  useEffect(() => {
    latest.current = initial;
  });
  useEffect(() => {
    if (!open) return;
    setFailure(null);
    form.resetFields();
    if (latest.current) form.setFieldsValue(latest.current as Parameters<typeof form.setFieldsValue>[0]);
  }, [open, said, form]);
  /** An empty field is null, and a choice that was taken away too: left out of what is sent, it would stay as it was. */
  const emptied = (key: string, value: unknown) =>
    value === '' || (value === undefined && latest.current?.[key as keyof T] != null);
  const run = async () => {
    const values = await form.validateFields();
    setBusy(true);
    setFailure(null);
    try {
      await onSave(
        Object.fromEntries(
          Object.entries(values).map(([key, value]) => [key, emptied(key, value) ? null : value]),
        ) as T,
      );
      onClose();
    } catch (error) {
      let placed = false;
      if (error instanceof ApiError) {
        const faults = error.problem.errors ?? [];
        const known = faults.filter(
          (each) => each.path && form.getFieldInstance(each.path.split('.') as never),
        );
        placed = faults.length > 0 && known.length === faults.length;
        form.setFields(
          known.map((each) => ({
            name: (each.path ?? '').split('.') as never,
            errors: [faultText(each, t)],
          })),
        );
      }
      // what stands at its field is not said twice
      setFailure(explain?.(error) ?? (placed ? null : errorText(error, t)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open={open}
      title={title}
      width={width}
      okText={okText ?? t('action.save')}
      okButtonProps={{ loading: busy, danger, disabled }}
      onOk={() => void run().catch(() => undefined)}
      onCancel={onClose}
      destroyOnHidden
      afterOpenChange={focusField}
    >
      <Form<T>
        form={form}
        layout={layout}
        {...(layout === 'horizontal' && { labelCol: { span: 6 } })}
        requiredMark={false}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !disabled && submitsOnEnter(event.target))
            void run().catch(() => undefined);
        }}
      >
        {typeof children === 'function' ? children(form) : children}
      </Form>
      {failure && <Alert type="error" showIcon title={failure} />}
    </Modal>
  );
}
