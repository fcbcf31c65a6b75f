import { Alert, Button, Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { OtpField } from './OtpField.tsx';

interface Props {
  busy: boolean;
  failure: string | null;
  onCode: (otp: string) => void;
  onBack: () => void;
}

/** The own second factor, asked after the identity provider has said who it is. */
export function CodeForm({ busy, failure, onCode, onBack }: Props) {
  const { t } = useTranslation('login');
  return (
    <Form<{ otp: string }> layout="vertical" requiredMark={false} onFinish={({ otp }) => onCode(otp)}>
      <p>{t('codeAfterProvider')}</p>
      <OtpField />
      {failure && <Alert type="error" title={failure} showIcon style={{ marginBottom: 12 }} />}
      <Button type="primary" htmlType="submit" block loading={busy}>
        {t('signIn')}
      </Button>
      <Button type="link" block onClick={onBack}>
        {t('otherWay')}
      </Button>
    </Form>
  );
}
