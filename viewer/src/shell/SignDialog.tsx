import { Alert, Descriptions, Form, Input, Modal } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Order } from '../api/types.ts';
import { focusField } from './focusField.ts';
import { age } from './format.ts';
import { besides, type ReportWarning } from './report/checkReport.ts';
import { useProblems } from './signing/useProblems.ts';
import { errorText } from './states.tsx';

interface Props {
  open: boolean;
  order: Order;
  /** What is being signed, in short: the conclusion. */
  conclusion: string;
  critical: boolean;
  recognitionLabel?: string | null;
  /** Number of the version that this one replaces. */
  replaces?: number | null;
  warnings?: ReportWarning[];
  onSign: (pin: string) => Promise<unknown>;
  onClose: () => void;
}

/** Whose, what, conclusion, critical, recognition label, what it replaces; PIN; Enter. */
export function SignDialog(props: Props) {
  const { t } = useTranslation(['shell', 'signature']);
  const { order } = props;
  const [form] = Form.useForm<{ pin: string }>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const problems = useProblems(order.id, props.open);
  useEffect(() => {
    if (props.open) setFailure(null);
  }, [props.open]);

  const run = async ({ pin }: { pin: string }) => {
    setBusy(true);
    setFailure(null);
    try {
      await props.onSign(pin);
      props.onClose();
    } catch (error) {
      setFailure(errorText(error, t));
      form.resetFields();
    } finally {
      setBusy(false);
    }
  };
  const who = order.patient
    ? [order.patient.name, t(`sex.${order.patient.sex}`), age(order.patient.birthDate, t)]
        .filter(Boolean)
        .join(' · ')
    : order.institutionName;
  const rows = [
    { key: 'who', label: t('sign.whose'), children: who },
    {
      key: 'what',
      label: t('sign.what'),
      children: `${order.items.map((i) => i.name).join('、')} · ${order.accessionNumber}`,
    },
    {
      key: 'conclusion',
      label: t('sign.conclusion', { context: order.center }),
      children: <span className="hub-prewrap">{props.conclusion || t('sign.none')}</span>,
    },
    {
      key: 'critical',
      label: t('sign.critical'),
      children: props.critical ? <b className="hub-tone-breach">{t('sign.criticalYes')}</b> : t('sign.no'),
    },
    ...(props.recognitionLabel
      ? [{ key: 'label', label: t('sign.recognition'), children: props.recognitionLabel }]
      : []),
    ...(props.replaces
      ? [{ key: 'replaces', label: t('sign.replaces'), children: t('sign.version', { n: props.replaces }) }]
      : []),
  ];
  return (
    <Modal
      open={props.open}
      title={t('sign.title')}
      okText={t('action.sign')}
      okButtonProps={{ loading: busy, disabled: busy }}
      onOk={() => form.submit()}
      onCancel={props.onClose}
      destroyOnHidden
      afterOpenChange={focusField}
      width={560}
    >
      <Descriptions size="small" column={1} items={rows} styles={{ label: { width: 88 } }} />
      {besides(props.warnings ?? [], problems).map(({ code, words }) => (
        <Alert
          key={code + (words ?? '')}
          type="warning"
          title={t(`check.${code}`, { words: words ?? '' })}
          showIcon
          style={{ marginBlock: 4 }}
        />
      ))}
      {problems.map((problem) => (
        <Alert
          key={problem.code + problem.message}
          type={problem.severity === 'stop' ? 'error' : 'warning'}
          title={t(`problem.${problem.code}`, { defaultValue: problem.message, ...problem.params })}
          showIcon
          style={{ marginBlock: 4 }}
        />
      ))}
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        onFinish={(values) => void run(values)}
        requiredMark={false}
      >
        <Form.Item
          name="pin"
          label={t('sign.pin')}
          rules={[{ required: true, message: t('sign.pinRequired') }]}
          extra={t('sign.meaning')}
        >
          <Input.Password
            autoFocus
            autoComplete="off"
            inputMode="numeric"
            maxLength={32}
            visibilityToggle={false}
          />
        </Form.Item>
      </Form>
      {failure && <Alert type="error" title={failure} showIcon />}
    </Modal>
  );
}
