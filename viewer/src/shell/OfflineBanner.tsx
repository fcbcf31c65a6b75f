import { useTranslation } from 'react-i18next';
import { useLine } from './useEvents.ts';

/** One banner while the line is away; drafts stay on this machine. */
export function OfflineBanner() {
  const { t } = useTranslation('shell');
  if (useLine()) return null;
  return (
    <div className="hub-offline" role="status">
      {t('offline')}
    </div>
  );
}
