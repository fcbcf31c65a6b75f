import { App, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { OrganismFields, organismsOf, type OrganismForm } from './OrganismFields.tsx';
import { PinDialog } from './PinDialog.tsx';
import { shown, type BenchTest } from './types.ts';
import { unitText } from './unitText.ts';

/** Corrects a released result: which, to what, why; of a culture also what grew. */
export function CorrectDialog({
  orderId,
  rows,
  onClose,
}: {
  orderId: string;
  rows: BenchTest[];
  onClose: (done: boolean) => void;
}) {
  const { t } = useTranslation(['lab', 'shell']);
  const { message } = App.useApp();
  const [code, setCode] = useState<string>();
  const [value, setValue] = useState('');
  const [reason, setReason] = useState('');
  const [form] = Form.useForm<{ organisms?: OrganismForm[] }>();
  const test = rows.find((row) => row.code === code);
  const culture = test?.resultKind === 'culture';
  return (
    <PinDialog
      open
      danger
      {...(culture && { width: 760 })}
      title={t('correct.title')}
      okText={t('correct.ok')}
      ready={code !== undefined && value.trim() !== '' && reason.trim().length >= 2}
      onClose={() => onClose(false)}
      onOk={async (pin) => {
        const grown = culture ? organismsOf((await form.validateFields()).organisms) : undefined;
        await post(`/api/lab/orders/${orderId}/correct`, {
          pin,
          reason: reason.trim(),
          results: [{ testCode: code, value: value.trim(), ...(grown && { organisms: grown }) }],
        });
        void message.success(t('said.corrected'));
        onClose(true);
      }}
    >
      <p>{t('correct.what')}</p>
      <Form layout="vertical" requiredMark={false}>
        <Form.Item label={t('col.test')}>
          <Select
            autoFocus
            aria-label={t('col.test')}
            {...(code !== undefined && { value: code })}
            onChange={(chosen: string) => {
              setCode(chosen);
              const next = rows.find((row) => row.code === chosen);
              // A culture is mostly corrected in a part of it.
              setValue(next?.resultKind === 'culture' ? (next.result?.valueText ?? '') : '');
            }}
            options={rows.map((row) => ({
              value: row.code,
              label: `${row.name} ${shown(row, row.result)} ${unitText(row.unit)}`,
            }))}
          />
        </Form.Item>
        <Form.Item label={t('correct.value')}>
          {test && test.choices.length > 0 ? (
            <Select
              aria-label={t('correct.value')}
              {...(value && { value })}
              onChange={setValue}
              options={test.choices.map((one) => ({ value: one, label: one }))}
            />
          ) : (
            <Input
              aria-label={t('correct.value')}
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          )}
        </Form.Item>
      </Form>
      {culture && (
        <Form
          key={code}
          form={form}
          layout="vertical"
          requiredMark={false}
          initialValues={{ organisms: test.result?.organisms ?? [] }}
        >
          <OrganismFields />
        </Form>
      )}
      <Form layout="vertical" requiredMark={false}>
        <Form.Item label={t('reason')}>
          <Input.TextArea
            rows={2}
            maxLength={500}
            aria-label={t('reason')}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </Form.Item>
      </Form>
    </PinDialog>
  );
}
