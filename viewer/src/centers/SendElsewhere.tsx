import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { CenterModule } from './contract.ts';

/** Says that a file was not sent because it is another centre's, and leads to the tab that takes it. */
export function SendElsewhere({ kind }: { kind: CenterModule['kind'] }) {
  const { t } = useTranslation('upload');
  return (
    <>
      {t(`elsewhere.${kind}`)} <Link to={`/upload#${kind}`}>{t('elsewhere.open')}</Link>
    </>
  );
}
