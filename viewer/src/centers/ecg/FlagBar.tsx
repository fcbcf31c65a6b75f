import { App, Button, Popconfirm } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { worksIn } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import { errorText } from '../../shell/states.tsx';
import { useRuleWords } from './api.ts';
import { flagDetail } from './flagDetail.ts';
import { clock } from './strip/clock.ts';
import type { Flag, Recording } from './types.ts';

const sign = { critical: '▲', notable: '△', information: 'i' } as const;

/** Flags with rule, lead, time and values. A flag never diagnoses: the doctor confirms or dismisses it. */
export function FlagBar({
  recording,
  orderId,
  reload,
  go,
}: {
  recording: Recording;
  orderId: string;
  reload: () => void;
  /** Shows the time of a flag; of a long recording. */
  go?: (ms: number) => void;
}) {
  const { t, i18n } = useTranslation(['ecg', 'shell']);
  const words = useRuleWords(i18n.language);
  const chinese = useRuleWords('zh-CN');
  const { message } = App.useApp();
  const reader = worksIn(useSession(), 'ecg');
  const [busy, setBusy] = useState<string | null>(null);
  if (recording.flags.length === 0) return null;
  const decide = async (flag: Flag, decision: 'confirm' | 'dismiss', raise: boolean) => {
    setBusy(flag.id);
    try {
      await post(`/api/ecg/flags/${flag.id}/decision`, {
        orderId,
        decision,
        // who is called reads Chinese, whatever the pages of the reader speak
        ...(raise && {
          finding:
            `${chinese(flag.ruleCode)} ${flagDetail(flag.values, i18n.getFixedT('zh-CN', 'ecg'))}`.trim(),
        }),
      });
      reload();
    } catch (error) {
      void message.error(errorText(error, t));
    } finally {
      setBusy(null);
    }
  };
  const detail = (flag: Flag): string => flagDetail(flag.values, i18n.getFixedT(i18n.language, 'ecg'));
  return (
    <section className="ecg-flags" aria-label={t('ecg:flags')}>
      {recording.flags.map((flag) => (
        <span
          key={flag.id}
          className={`ecg-flag is-${flag.tier} is-${flag.state}`}
          title={`${t(`ecg:tier.${flag.tier}`)} · ${flag.lead ?? ''} ${flag.atMs === null ? '' : `${(flag.atMs / 1000).toFixed(1)} s`} · ${detail(flag)}`}
        >
          <span aria-hidden>{sign[flag.tier]}</span> {words(flag.ruleCode)} {flag.lead && `[${flag.lead}]`}{' '}
          <span className="hub-num">{flag.lead && flag.atMs === null ? '' : detail(flag)}</span>
          {go && flag.atMs !== null && (
            <Button size="small" type="link" onClick={() => go(Math.max(0, (flag.atMs ?? 0) - 3000))}>
              {t('ecg:flagAt', { time: clock(flag.atMs) })}
            </Button>
          )}
          {flag.ask && <em>({t(`ecg:ask.${flag.ask}`)})</em>}
          {reader && flag.state === 'open' && flag.tier !== 'information' && (
            <span className="ecg-flag-acts">
              {flag.tier === 'critical' ? (
                <Popconfirm
                  title={t('ecg:confirmCritical', { what: words(flag.ruleCode) })}
                  description={t('ecg:confirmCriticalWhat')}
                  okText={t('ecg:raise')}
                  cancelText={t('shell:action.cancel')}
                  onConfirm={() => decide(flag, 'confirm', true)}
                >
                  <Button size="small" danger loading={busy === flag.id}>
                    {t('ecg:confirm')}
                  </Button>
                </Popconfirm>
              ) : (
                <Button
                  size="small"
                  type="text"
                  loading={busy === flag.id}
                  onClick={() => void decide(flag, 'confirm', false)}
                >
                  {t('ecg:confirm')}
                </Button>
              )}
              <Button
                size="small"
                type="text"
                disabled={busy === flag.id}
                onClick={() => void decide(flag, 'dismiss', false)}
              >
                {t('ecg:dismiss')}
              </Button>
            </span>
          )}
          {flag.state !== 'open' && (
            <span className="hub-quiet">
              {t(`ecg:${flag.state}`)} {flag.decidedBy}
            </span>
          )}
        </span>
      ))}
    </section>
  );
}
