import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { useQueryClient } from '@tanstack/react-query';
import { ApiError, get, post } from '../api/client.ts';
import type { SessionAnswer } from '../api/types.ts';
import { usePreferences } from '../shell/preferences.tsx';
import { dateTime } from '../shell/format.ts';
import { toSession } from '../shell/session.tsx';
import { errorText } from '../shell/states.tsx';

interface Credentials {
  username: string;
  password: string;
  otp?: string;
}

/** Where to go after signing in: a path of this site, nothing else. */
function safePath(from: string | null): string {
  return from && /^\/(?![/\\])/.test(from) ? from : '/';
}

export default function LoginPage() {
  const { t } = useTranslation('login');
  const { language, setLanguage } = usePreferences();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [search] = useSearchParams();
  const [busy, setBusy] = useState(false);
  const [needsOtp, setNeedsOtp] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  const signIn = async (values: Credentials) => {
    setBusy(true);
    setFailure(null);
    try {
      await post('/api/session', { ...values, ...(values.otp ? {} : { otp: undefined }) });
      client.clear();
      client.setQueryData(['session'], toSession(await get<SessionAnswer>('/api/session')));
      void navigate(safePath(search.get('from')), { replace: true });
    } catch (error) {
      const code = error instanceof ApiError ? error.code : '';
      if (code === 'otp-required') setNeedsOtp(true);
      else if (code === 'bad-credentials') setFailure(t('wrong'));
      else if (code === 'locked' && error instanceof ApiError) {
        setFailure(t('locked', { until: dateTime(String(error.problem.lockedUntil ?? '')) }));
      } else setFailure(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className="hub-login">
      <Form<Credentials>
        layout="vertical"
        onFinish={(values) => void signIn(values)}
        requiredMark={false}
        className="hub-panel"
      >
        <h1>{t('shell:title')}</h1>
        <p className="hub-quiet">{t('subtitle')}</p>
        <Form.Item
          name="username"
          label={t('username')}
          rules={[{ required: true, message: t('usernameRequired') }]}
        >
          <Input autoFocus autoComplete="username" maxLength={64} />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('password')}
          rules={[{ required: true, message: t('passwordRequired') }]}
        >
          <Input.Password autoComplete="current-password" maxLength={200} />
        </Form.Item>
        {needsOtp && (
          <Form.Item name="otp" label={t('otp')} rules={[{ required: true, message: t('otpRequired') }]}>
            <Input autoFocus inputMode="numeric" autoComplete="one-time-code" maxLength={32} />
          </Form.Item>
        )}
        {failure && <Alert type="error" title={failure} showIcon style={{ marginBottom: 12 }} />}
        <Button type="primary" htmlType="submit" block loading={busy}>
          {t('signIn')}
        </Button>
        <Button type="link" block onClick={() => setLanguage(language === 'zh-CN' ? 'en-US' : 'zh-CN')}>
          {language === 'zh-CN' ? 'English' : '中文'}
        </Button>
      </Form>
    </main>
  );
}
