import { Button } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { has, may, requests, worksIn } from '../../../shell/access.ts';
import { duration } from '../../../shell/format.ts';
import { useSession } from '../../../shell/session.tsx';
import { soundCritical } from '../../../shell/sound.ts';
import { useNow } from '../../../shell/useNow.ts';
import { useSterilization } from '../useSterilization.ts';

interface OpenNotice {
  recallId: string;
  number: string;
  institutionName: string;
  packs: number;
  usedPacks: number;
  notifiedAt: string;
}

/** A recall that the site has not confirmed rings like a critical value, on every page, until somebody confirms it. */
export default function RecallBanner() {
  const { t } = useTranslation('sterilization', { useSuspense: false });
  const session = useSession();
  const navigate = useNavigate();
  const now = useNow();
  const called =
    may(session, 'order.read') &&
    (requests(session) || worksIn(session, 'sterilization') || has(session, 'duty-office'));
  const notices = useSterilization<{ items: OpenNotice[] }>('recall-notices', called);
  const open = notices.data?.items ?? [];
  const first = open[0];
  const ringing = first?.recallId;
  useEffect(() => {
    if (!ringing) return;
    soundCritical();
    const timer = setInterval(soundCritical, 15_000);
    return () => clearInterval(timer);
  }, [ringing]);
  if (!called || !first) return null;
  return (
    <div className="hub-critical" role="alert">
      <strong>{t('recall.banner')}</strong>
      <span className="hub-critical-text">
        {t('recall.bannerText', {
          number: first.number,
          site: first.institutionName,
          packs: first.packs,
          used: first.usedPacks,
          since: duration((now - Date.parse(first.notifiedAt)) / 60_000, t),
        })}
        {open.length > 1 ? ` · ${t('recall.bannerMore', { n: open.length - 1 })}` : ''}
      </span>
      <Button danger type="primary" onClick={() => void navigate(`/sterilization/recalls/${first.recallId}`)}>
        {t('recall.bannerOpen')}
      </Button>
    </div>
  );
}
