import { useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Form, Input, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.ts';
import { dateTime } from '../format.ts';
import { errorText, Failed } from '../states.tsx';

interface SigningState {
  enrolled: boolean;
  serialNumber: string | null;
  notAfter: string | null;
  lockedUntil: string | null;
  revokedAt: string | null;
}

interface PinForm {
  pin?: string;
  password?: string;
  newPin: string;
  again: string;
}

/** Signing certificate of the signed-in person: first PIN, change, reset with the password. */
export function SigningSection() {
  const { t } = useTranslation(['signature', 'shell']);
  const { message } = App.useApp();
  const [form] = Form.useForm<PinForm>();
  const [forgotten, setForgotten] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const state = useQuery({ queryKey: ['signature'], queryFn: () => get<SigningState>('/api/signature/me') });
  if (state.isError && !state.data)
    return (
      <section className="hub-panel" aria-label={t('title')}>
        <Failed error={state.error} retry={() => void state.refetch()} />
      </section>
    );
  if (!state.data) return null;
  const { enrolled, serialNumber, notAfter, lockedUntil, revokedAt } = state.data;

  const save = async ({ pin, password, newPin }: PinForm) => {
    setBusy(true);
    setFailure(null);
    try {
      if (!enrolled) await post('/api/signature/enrol', { pin: newPin });
      else if (forgotten) await post('/api/signature/pin/reset', { password, newPin });
      else await post('/api/signature/pin', { pin, newPin });
      form.resetFields();
      setForgotten(false);
      message.success(t('saved'));
    } catch (error) {
      setFailure(errorText(error, t));
    } finally {
      setBusy(false);
      await state.refetch();
    }
  };

  return (
    <section className="hub-panel" aria-label={t('title')}>
      <h2 className="hub-title">{t('title')}</h2>
      <p>
        {enrolled
          ? t('inUse', { serialNumber: serialNumber?.slice(0, 12), notAfter: notAfter && dateTime(notAfter) })
          : revokedAt
            ? t('revoked', { at: dateTime(revokedAt) })
            : t('none')}
      </p>
      {lockedUntil && <Alert type="error" showIcon title={t('locked', { until: dateTime(lockedUntil) })} />}
      {failure && <Alert type="error" showIcon title={failure} role="alert" style={{ marginBottom: 8 }} />}
      <Form<PinForm>
        form={form}
        layout="inline"
        style={{ rowGap: 8 }}
        onFinish={(values) => void save(values)}
      >
        {enrolled && (
          <Segmented
            value={forgotten ? 'reset' : 'change'}
            options={[
              { value: 'change', label: t('change') },
              { value: 'reset', label: t('reset') },
            ]}
            onChange={(value) => setForgotten(value === 'reset')}
            style={{ marginInlineEnd: 16 }}
          />
        )}
        {enrolled && forgotten && (
          <Secret name="password" label={t('password')} autoComplete="current-password" />
        )}
        {enrolled && !forgotten && <Secret name="pin" label={t('pin')} autoComplete="off" />}
        <Secret
          name="newPin"
          label={t('newPin')}
          autoComplete="off"
          pattern={/^\d{6,12}$/}
          hint={t('pinRules')}
        />
        <Form.Item
          name="again"
          dependencies={['newPin']}
          rules={[
            ({ getFieldValue }) => ({
              validator: (_rule, value: string) =>
                value === getFieldValue('newPin')
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('notSame'))),
            }),
          ]}
        >
          <Input.Password
            placeholder={t('again')}
            aria-label={t('again')}
            inputMode="numeric"
            autoComplete="off"
          />
        </Form.Item>
        <Button htmlType="submit" type="primary" loading={busy}>
          {enrolled ? t('save') : t('enrol')}
        </Button>
      </Form>
      {forgotten && <p>{t('resetNote')}</p>}
    </section>
  );
}

function Secret(props: {
  name: string;
  label: string;
  autoComplete: string;
  pattern?: RegExp;
  hint?: string;
}) {
  const rule = props.pattern ? { pattern: props.pattern, message: props.hint ?? '' } : {};
  return (
    <Form.Item name={props.name} rules={[{ required: true, message: props.label }, rule]}>
      <Input.Password
        placeholder={props.label}
        aria-label={props.label}
        autoComplete={props.autoComplete}
        {...(props.pattern && { inputMode: 'numeric' as const, maxLength: 12 })}
      />
    </Form.Item>
  );
}
