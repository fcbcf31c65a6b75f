import { Alert, Checkbox, Form, Input, Modal, Select } from 'antd';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { focusField } from '../focusField.ts';
import type { Order } from '../../api/types.ts';
import { errorText } from '../states.tsx';
import { reasonsFor } from './reasons.ts';
import type { ReportContent } from './useReport.ts';
import type { Amendment } from './useReportActions.ts';

export type AmendFields =
  | ((content: ReportContent, change: (part: ReportContent) => void, editable: boolean) => ReactNode)
  | undefined;
export type AmendKind = 'addendum' | 'correct' | 'void';

interface Props {
  kind: AmendKind;
  open: boolean;
  order: Order;
  content: ReportContent;
  /** Structured fields of the centre: what stands in them is corrected together with the texts. */
  fields?: AmendFields;
  /** What the centre calls its two texts. */
  names?: { findings: string; impression: string } | undefined;
  onSign: (amendment: Amendment) => Promise<unknown>;
  onClose: () => void;
}

interface Values {
  code: string;
  note?: string;
  text?: string;
  findings?: string;
  impression?: string;
  positive?: boolean;
  pin: string;
}

/** Addendum, correction or void of a signed report: what happens to whom, the reason, the new text, the PIN. */
export function AmendDialog({ kind, open, order, content, fields, names, onSign, onClose }: Props) {
  const { t } = useTranslation('shell');
  const [form] = Form.useForm<Values>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [more, setMore] = useState<ReportContent>({});
  useEffect(() => {
    if (open) setFailure(null);
  }, [open]);
  const changeMore = (part: ReportContent) => {
    setMore((before) => ({ ...before, ...part }));
    if (typeof part.positive === 'boolean') form.setFieldValue('positive', part.positive);
  };
  const close = () => {
    setMore({});
    onClose();
  };
  const reasons = reasonsFor(kind, t);
  const code = Form.useWatch('code', form);
  const needsNote = reasons.find((each) => each.code === code)?.needsNote ?? false;

  const run = async () => {
    const values = await form.validateFields();
    const label = reasons.find((each) => each.code === values.code)?.label ?? values.code;
    setBusy(true);
    setFailure(null);
    try {
      await onSign({
        reason: values.note ? `${needsNote ? '' : `${label}：`}${values.note}` : label,
        pin: values.pin,
        ...(kind === 'addendum' ? { text: values.text ?? '' } : {}),
        ...(kind === 'correct'
          ? {
              content: {
                ...more,
                findings: values.findings ?? '',
                impression: values.impression ?? '',
                positive: values.positive === true,
              },
            }
          : {}),
      });
      close();
    } catch (error) {
      setFailure(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  const required = (message: string) => [{ required: true, whitespace: true, message }];
  return (
    <Modal
      open={open}
      title={t(`action.${kind}`)}
      okText={t(`action.${kind}`)}
      okButtonProps={{ loading: busy, danger: kind === 'void' }}
      onOk={() => void run().catch(() => undefined)}
      onCancel={close}
      destroyOnHidden
      afterOpenChange={focusField}
      width={kind === 'correct' && fields ? 760 : 600}
    >
      <p>
        {t(`danger.${kind}`, {
          who: order.patient?.name ?? order.accessionNumber,
          number: order.accessionNumber,
        })}
      </p>
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        requiredMark={false}
        initialValues={{
          findings: content.findings ?? '',
          impression: content.impression ?? '',
          positive: content.positive === true,
        }}
      >
        <Form.Item
          name="code"
          label={t('reason.label')}
          rules={[{ required: true, message: t('reason.required') }]}
        >
          <Select autoFocus options={reasons.map((each) => ({ value: each.code, label: each.label }))} />
        </Form.Item>
        <Form.Item
          name="note"
          label={t('reason.note')}
          rules={needsNote ? required(t('reason.noteRequired')) : []}
        >
          <Input maxLength={500} />
        </Form.Item>
        {kind === 'addendum' && (
          <Form.Item name="text" label={t('report.kind.addendum')} rules={required(t('report.textRequired'))}>
            <Input.TextArea rows={4} maxLength={20000} />
          </Form.Item>
        )}
        {kind === 'correct' && (
          <>
            {fields?.({ ...content, ...more }, changeMore, true)}
            <Form.Item
              name="findings"
              label={names?.findings ?? t('report.findings', { context: order.center })}
              rules={required(t('report.textRequired'))}
            >
              <Input.TextArea rows={6} maxLength={60000} />
            </Form.Item>
            <Form.Item
              name="impression"
              label={names?.impression ?? t('report.impression', { context: order.center })}
              rules={required(t('report.textRequired'))}
            >
              <Input.TextArea rows={3} maxLength={20000} />
            </Form.Item>
            <Form.Item name="positive" valuePropName="checked">
              <Checkbox>{t('report.positive')}</Checkbox>
            </Form.Item>
          </>
        )}
        <Form.Item name="pin" label={t('sign.pin')} rules={required(t('sign.pinRequired'))}>
          <Input.Password
            autoComplete="off"
            inputMode="numeric"
            maxLength={32}
            visibilityToggle={false}
            onPressEnter={() => void run().catch(() => undefined)}
          />
        </Form.Item>
      </Form>
      {failure && <Alert type="error" title={failure} showIcon />}
    </Modal>
  );
}
