import { App, Button, Form, InputNumber, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { errorText } from '../../shell/states.tsx';

type Settings = Record<string, unknown> | null;

/** The numbers that a rule compares with, as `settings.limits` holds them. */
export function limitsOf(settings: Settings): [string, number][] {
  const limits = (settings?.limits ?? {}) as Record<string, unknown>;
  return Object.entries(limits).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
}

/** Limits of one rule in words; a dialog changes them. Everything else in the settings stays as it is. */
export function CriticalLimits({
  name,
  settings,
  save,
}: {
  name: string;
  settings: Settings;
  save: (settings: Record<string, unknown>) => Promise<unknown>;
}) {
  const { t } = useTranslation(['admin', 'shell']);
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Record<string, number>>();
  const limits = limitsOf(settings);
  if (limits.length === 0) return <span className="hub-quiet">—</span>;
  const label = (key: string) => t(`limits.${key}`, { defaultValue: key });
  const run = async (values: Record<string, number>) => {
    try {
      await save({ ...settings, limits: { ...(settings?.limits as object), ...values } });
      setOpen(false);
    } catch (error) {
      void message.error(errorText(error, t));
    }
  };
  return (
    <>
      <span className="hub-num">{limits.map(([key, value]) => `${label(key)} ${value}`).join(' · ')}</span>{' '}
      <Button
        size="small"
        type="link"
        aria-label={`${name} ${t('limits.edit')}`}
        onClick={() => setOpen(true)}
      >
        {t('limits.edit')}
      </Button>
      <Modal
        open={open}
        title={`${name} · ${t('limits.title')}`}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
        destroyOnHidden
        width={420}
      >
        <p className="hub-quiet">{t('limits.how')}</p>
        <Form
          form={form}
          layout="vertical"
          initialValues={Object.fromEntries(limits)}
          onFinish={(values) => void run(values)}
        >
          {limits.map(([key]) => (
            <Form.Item
              key={key}
              name={key}
              label={label(key)}
              rules={[{ required: true, type: 'number', message: t('required') }]}
            >
              <InputNumber style={{ width: '100%' }} min={-100_000} max={100_000} />
            </Form.Item>
          ))}
        </Form>
      </Modal>
    </>
  );
}
