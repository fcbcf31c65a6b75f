import { useTranslation } from 'react-i18next';

/** 合格 ✓, 不合格 ✗, 待判读: a word and a sign, never colour alone. */
export function Outcome({ value }: { value: string | null | undefined }) {
  const { t } = useTranslation('sterilization');
  if (!value) return <span className="hub-quiet">—</span>;
  const tone = value === 'pass' ? 'hub-tone-done' : value === 'fail' ? 'hub-tone-breach' : 'hub-tone-waiting';
  return (
    <span className={tone}>
      {value === 'pass' ? '✓ ' : value === 'fail' ? '✗ ' : ''}
      {t(`outcome.${value}`)}
    </span>
  );
}
