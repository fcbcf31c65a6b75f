import { Form, Modal, type FormInstance } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct } from '../useAct.ts';

/** One form in a dialog that saves by one act; it stays open, with everything typed, when the hub refuses. */
export function FormModal<V extends object>({
  title,
  act: name,
  initial,
  body,
  saved,
  width = 640,
  form,
  onClose,
  children,
}: {
  title: string;
  act: string;
  initial: Partial<V>;
  /** What is sent for the values of the form. */
  body: (values: V) => Record<string, unknown>;
  saved?: (answer: Record<string, unknown>) => void;
  width?: number;
  form?: FormInstance<V>;
  onClose: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const { act, busy } = useAct();
  const [own] = Form.useForm<V>();
  const used = form ?? own;
  return (
    <Modal
      open
      title={title}
      width={width}
      okText={t('form.save')}
      okButtonProps={{ loading: busy }}
      onOk={() => used.submit()}
      onCancel={onClose}
      mask={{ closable: false }}
    >
      <Form<V>
        form={used}
        layout="vertical"
        requiredMark={false}
        scrollToFirstError
        initialValues={initial}
        onFinish={(values) =>
          void act<Record<string, unknown>>(name, body(values), t('record.saved')).then((answer) => {
            if (!answer) return;
            saved?.(answer);
            onClose();
          })
        }
      >
        {children}
      </Form>
    </Modal>
  );
}

/** Drops what is empty: an optional figure that was not filled in is not sent. */
export const filled = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );

export const CODE_RULE = /^[A-Z0-9][A-Z0-9-]{0,31}$/;
