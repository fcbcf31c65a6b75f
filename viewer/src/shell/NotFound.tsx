import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Empty } from './states.tsx';

export function NotFound() {
  const { t } = useTranslation('shell');
  return <Empty text={t('notFound.text')} action={<Link to="/">{t('notFound.home')}</Link>} />;
}
