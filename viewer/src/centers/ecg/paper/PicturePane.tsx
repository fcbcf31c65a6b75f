import { useTranslation } from 'react-i18next';
import type { Recording } from '../types.ts';

/** A recording that came as a document or picture only. */
export function PicturePane({ recording }: { recording: Recording }) {
  const { t } = useTranslation('ecg');
  const src = `/api/ecg/recordings/${recording.id}/original`;
  return recording.picture === 'application/pdf' ? (
    <iframe className="ecg-picture" title={t('picture')} src={src} />
  ) : (
    <img className="ecg-picture" alt={t('picture')} src={src} />
  );
}
