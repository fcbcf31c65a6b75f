import { Alert, Button, Input, Select, Space } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../shell/format.ts';
import type { ReportContent } from '../../shell/report/useReport.ts';
import { useSession } from '../../shell/session.tsx';
import { limitReasons, limitsOf, mustWait, type Quality, type ViewingLimit } from './viewingQuality.ts';

interface Props {
  quality: Quality;
  content: ReportContent;
  change: (part: ReportContent) => void;
  editable: boolean;
}

/** What still loads gets this long before a reason may stand for it; what has failed needs no waiting. */
const patienceMs = 15_000;

/** Says why the report waits for the images, and takes the reason of a reader who goes on without them. */
export function ViewingLimits({ quality, content, change, editable }: Props) {
  const { t } = useTranslation('imaging');
  const { user } = useSession();
  const limits = limitsOf(content);
  const [patient, setPatient] = useState(false);
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState<ViewingLimit['reason'] | null>(null);
  const [note, setNote] = useState('');
  useEffect(() => {
    setPatient(false);
    const timer = setTimeout(() => setPatient(true), patienceMs);
    return () => clearTimeout(timer);
  }, [quality]);

  const waits = editable && mustWait(quality, content, user.id);
  const mayGoOn = patient || quality === 'failed' || quality === 'none';
  const state = () => {
    if (!reason) return;
    const said: ViewingLimit = {
      byId: user.id,
      by: user.name,
      at: new Date().toISOString(),
      quality,
      reason,
      note: note.trim(),
    };
    change({ viewingLimits: [...limits, said] });
    setAsking(false);
    setReason(null);
    setNote('');
  };
  return (
    <>
      {limits.map((limit) => (
        <Alert
          key={`${limit.byId}${limit.at}`}
          type="warning"
          title={t('limits.stated', {
            who: limit.by,
            at: dateTime(limit.at),
            reason: t(`limits.reason.${limit.reason}`),
            note: limit.note ? t('limits.note', { note: limit.note }) : '',
          })}
          action={
            editable &&
            limit.byId === user.id && (
              <Button
                size="small"
                onClick={() => change({ viewingLimits: limits.filter((each) => each !== limit) })}
              >
                {t('limits.takeBack')}
              </Button>
            )
          }
        />
      ))}
      {waits && (
        <Alert
          type={quality === 'failed' || quality === 'none' ? 'error' : 'info'}
          data-quality={quality}
          title={t(`limits.wait.${quality}`)}
          description={
            asking && (
              <Space.Compact block>
                <Select
                  aria-label={t('limits.why')}
                  placeholder={t('limits.why')}
                  value={reason}
                  onChange={setReason}
                  style={{ width: 190 }}
                  options={limitReasons.map((value) => ({ value, label: t(`limits.reason.${value}`) }))}
                />
                <Input
                  aria-label={t('limits.what')}
                  placeholder={t('limits.what')}
                  value={note}
                  maxLength={200}
                  onChange={(event) => setNote(event.target.value)}
                  onPressEnter={state}
                />
                <Button
                  type="primary"
                  disabled={!reason || (reason === 'other' && note.trim() === '')}
                  onClick={state}
                >
                  {t('limits.state')}
                </Button>
              </Space.Compact>
            )
          }
          action={
            mayGoOn &&
            !asking && (
              <Button size="small" onClick={() => setAsking(true)}>
                {t('limits.goOn')}
              </Button>
            )
          }
        />
      )}
    </>
  );
}
