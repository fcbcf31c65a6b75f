import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSignInMethods } from '../../shell/useSignInMethods.ts';

/** Leads to the county's identity provider and back to the page `from`; nothing where none is configured. */
export function ProviderButton({ from }: { from: string }) {
  const { t } = useTranslation('login');
  const provider = useSignInMethods().data?.provider;
  if (!provider) return null;
  const query = from === '/' ? '' : `?from=${encodeURIComponent(from)}`;
  return (
    <Button block href={provider.href + query} style={{ marginTop: 8 }}>
      {t('byProvider', { provider: provider.label ?? t('provider') })}
    </Button>
  );
}
