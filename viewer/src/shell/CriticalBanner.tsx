import { Button } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { requests, has } from './access.ts';
import { duration } from './format.ts';
import { useSession } from './session.tsx';
import { soundCritical } from './sound.ts';
import { unanswered, useCritical } from './useCritical.ts';
import { useNow } from './useNow.ts';

/** Cannot be overlooked and not be closed: it goes when somebody has read the value back. */
export function CriticalBanner() {
  const { t } = useTranslation('shell');
  const session = useSession();
  const navigate = useNavigate();
  const now = useNow();
  const called = requests(session) || has(session, 'duty-office');
  const open = unanswered(useCritical().data);
  const first = open[0];
  const ringing = called && first !== undefined;

  useEffect(() => {
    if (!ringing) return;
    soundCritical();
    const timer = setInterval(soundCritical, 15_000);
    return () => clearInterval(timer);
  }, [ringing, first?.id]);

  if (!ringing) return null;
  return (
    <div className="hub-critical" role="alert">
      <strong>{t('critical.title')}</strong>
      <span className="hub-critical-text">
        {first.patientName ?? t('patient.unknown')} · {first.finding} ·{' '}
        {t('critical.since', { words: duration((now - Date.parse(first.foundAt)) / 60_000, t) })}
        {open.length > 1 ? ` · ${t('critical.more', { n: open.length - 1 })}` : ''}
      </span>
      <Button danger type="primary" onClick={() => void navigate(`/critical?id=${first.id}`)}>
        {t('critical.answer')}
      </Button>
    </div>
  );
}
