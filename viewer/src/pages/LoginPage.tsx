import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { useQueryClient } from '@tanstack/react-query';
import { ApiError, get, post } from '../api/client.ts';
import type { SessionAnswer } from '../api/types.ts';
import { usePreferences } from '../shell/preferences.tsx';
import { dateTime } from '../shell/format.ts';
import { toSession } from '../shell/sessionQuery.ts';
import { errorText } from '../shell/states.tsx';
import { CodeForm } from './login/CodeForm.tsx';
import { OtpField } from './login/OtpField.tsx';
import { ProviderButton } from './login/ProviderButton.tsx';

interface Credentials {
  username: string;
  password: string;
  otp?: string;
}

/** Where to go after signing in: a path of this site, nothing else. */
function safePath(from: string | null): string {
  return from && /^\/(?![/\\])/.test(from) ? from : '/';
}

/** Why the way over the identity provider came to nothing. */
const REFUSALS = ['unreachable', 'refused', 'not-proved', 'unlinked', 'inactive', 'expired'];

export default function LoginPage() {
  const { t } = useTranslation('login');
  const { language, setLanguage } = usePreferences();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [search, setSearch] = useSearchParams();
  const [busy, setBusy] = useState(false);
  const [needsOtp, setNeedsOtp] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const from = safePath(search.get('from'));
  const step = search.get('provider') ?? '';
  const dropStep = () => {
    setProblem(null);
    setSearch(from === '/' ? {} : { from }, { replace: true });
  };

  const open = async (path: string, proof: object) => {
    setBusy(true);
    setProblem(null);
    try {
      await post(path, proof);
      client.clear();
      client.setQueryData(['session'], toSession(await get<SessionAnswer>('/api/session')));
      void navigate(from, { replace: true });
    } catch (error) {
      if (error instanceof ApiError && error.code === 'otp-required') setNeedsOtp(true);
      else setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const failure = () => {
    if (problem === null) return null;
    const code = problem instanceof ApiError ? problem.code : '';
    if (code === 'bad-credentials') return t('wrong');
    if (code === 'sign-in-expired') return t('refusal.expired');
    if (code === 'locked' && problem instanceof ApiError)
      return t('locked', { until: dateTime(String(problem.problem.lockedUntil ?? '')) });
    return errorText(problem, t);
  };
  const failed = failure() ?? (REFUSALS.includes(step) ? t(`refusal.${step}`) : null);

  return (
    <main className="hub-login">
      <div className="hub-panel">
        <h1>{t('shell:title')}</h1>
        <p className="hub-quiet">{t('subtitle')}</p>
        {step === 'second-factor' ? (
          <CodeForm
            busy={busy}
            failure={failure()}
            onCode={(otp) => void open('/api/session/provider', { otp })}
            onBack={dropStep}
          />
        ) : (
          <>
            <Form<Credentials>
              layout="vertical"
              onFinish={({ otp, ...values }) => {
                if (step) dropStep();
                void open('/api/session', { ...values, ...(otp && { otp }) });
              }}
              requiredMark={false}
            >
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
              {needsOtp && <OtpField />}
              {failed && <Alert type="error" title={failed} showIcon style={{ marginBottom: 12 }} />}
              <Button type="primary" htmlType="submit" block loading={busy}>
                {t('signIn')}
              </Button>
            </Form>
            <ProviderButton from={from} />
          </>
        )}
        <Button type="link" block onClick={() => setLanguage(language === 'zh-CN' ? 'en-US' : 'zh-CN')}>
          {language === 'zh-CN' ? 'English' : '中文'}
        </Button>
      </div>
    </main>
  );
}
