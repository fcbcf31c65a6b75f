import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { PasswordForm } from './PasswordForm.tsx';
import { signOut, useSession } from './session.tsx';

/** Stands before everything else until a password that somebody else gave out is replaced by an own one. */
export function FirstPassword() {
  const { t } = useTranslation(['account', 'shell']);
  const { user } = useSession();
  return (
    <main className="hub-login">
      <div className="hub-panel" style={{ width: 360, display: 'grid', gap: 16 }}>
        <h1 className="hub-title">{t('title', { name: user.name })}</h1>
        <Alert type="warning" showIcon title={t('mustChange')} description={t('mustChangeWhy')} />
        <PasswordForm layout="vertical" />
        <Button type="text" onClick={() => void signOut()}>
          {t('shell:top.signOut')}
        </Button>
      </div>
    </main>
  );
}
