import { Form, Modal, type FormInstance } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct } from './useLab.ts';

interface Props<T extends object, A> {
  title: ReactNode;
  initial?: Partial<T>;
  okText?: string;
  /** May be read only. */
  disabled?: boolean;
  width?: number;
  /** What the hub is asked for; a refusal is said and the form stays. */
  run: (values: T) => Promise<A>;
  /** What is said when it was done. */
  said: (answer: A) => string;
  onClose: (done: boolean) => void;
  children: (form: FormInstance<T>) => ReactNode;
  /** Below the fields: what is no part of the form. */
  below?: ReactNode;
}

/** A form of the laboratory in a dialog: it is there while it is mounted, and closes when its act was done. */
export function ActForm<T extends object, A = unknown>(props: Props<T, A>) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [form] = Form.useForm<T>();
  const save = async () => {
    const values = await form.validateFields();
    const done = await act(() => props.run(values), props.said);
    if (done !== undefined) props.onClose(true);
  };
  return (
    <Modal
      open
      title={props.title}
      okText={props.okText ?? t('shell:action.save')}
      okButtonProps={{ loading: busy, disabled: props.disabled ?? false }}
      {...(props.width && { width: props.width })}
      onOk={() => void save().catch(() => undefined)}
      onCancel={() => props.onClose(false)}
    >
      <Form<T>
        form={form}
        layout="vertical"
        requiredMark={false}
        disabled={props.disabled ?? false}
        onKeyDown={(event) => {
          const { target } = event;
          if (
            event.key === 'Enter' &&
            target instanceof HTMLInputElement &&
            target.type === 'text' &&
            !target.role
          )
            void save().catch(() => undefined);
        }}
        {...(props.initial && { initialValues: props.initial })}
      >
        {props.children(form)}
      </Form>
      {props.below}
    </Modal>
  );
}
