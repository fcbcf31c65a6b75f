import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';

/** The six digits of an authenticator, or a recovery code. */
export function OtpField() {
  const { t } = useTranslation('login');
  return (
    <Form.Item name="otp" label={t('otp')} rules={[{ required: true, message: t('otpRequired') }]}>
      <Input autoFocus inputMode="numeric" autoComplete="one-time-code" maxLength={20} />
    </Form.Item>
  );
}
