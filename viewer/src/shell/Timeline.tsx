import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { get } from '../api/client.ts';
import type { CenterKind } from '../api/types.ts';
import { clockTime, dateOnly, dueState, duration, remaining } from './format.ts';
import { Empty, Failed, Loading } from './states.tsx';
import { useNow } from './useNow.ts';

interface Clock {
  code: string;
  name: string;
  kind: string;
  mark: 'N' | 'L' | 'P';
  targetMinutes: number;
  state: 'running' | 'paused' | 'met' | 'breached' | 'void';
  elapsedMinutes: number | null;
  dueAt: string | null;
}

export interface TimelineItem {
  id?: string;
  kind: string;
  at: string;
  actorName: string | null;
  detail: Record<string, unknown> | string | null;
  reason?: string | null;
  institutionName?: string | null;
}

/** Details that a person reads; identifiers stay out of the timeline. */
const known = new Set([
  'items',
  'source',
  'reason',
  'note',
  'instances',
  'minutes',
  'prompts',
  'how',
  'number',
  'version',
  'who',
  'grade',
  'faults',
  'unanswered',
]);

const gradeWords: Record<string, string> = { grade: 'imaging:grade', faults: 'imaging:grade.faults' };

/** One value in words: an image grade and its faults in those of the imaging centre. */
const valueText = (key: string, value: unknown, t: TFunction): string =>
  t(
    [
      `${gradeWords[key] ?? 'shell:detailValue'}.${String(value)}`,
      ...(key === 'reason' ? [`shell:reasons.return.${String(value)}`] : []),
    ],
    { defaultValue: String(value) },
  );

function detailText(detail: TimelineItem['detail'], t: TFunction): string {
  if (!detail) return '';
  if (typeof detail === 'string') return detail;
  return Object.entries(detail)
    .filter(
      ([key, value]) =>
        known.has(key) &&
        value !== null &&
        value !== '' &&
        !(Array.isArray(value) && value.length === 0) &&
        (typeof value !== 'object' || Array.isArray(value)),
    )
    .map(
      ([key, value]) =>
        `${t(`shell:detail.${key}`)} ${Array.isArray(value) ? value.map((each) => (key in gradeWords ? valueText(key, each, t) : String(each))).join('、') : valueText(key, value, t)}`,
    )
    .join(' · ');
}

/** A reason, or several codes of a centre with a comma between them, in words. */
function reasonText(reason: string, t: TFunction, center: CenterKind | undefined): string {
  return reason
    .split(',')
    .map((code) =>
      t(
        [
          `shell:detailValue.${code}`,
          `shell:reasons.return.${code}`,
          ...(center ? [`${center}:reason.${code}`] : []),
        ],
        {
          defaultValue: code,
        },
      ),
    )
    .join('、');
}

/** Every step with its time, who did it, and how long since the step before. */
export function Timeline({ orderId, center }: { orderId: string; center?: CenterKind }) {
  const { t } = useTranslation(center ? ['shell', center] : 'shell');
  const steps = useQuery({
    queryKey: ['order', orderId, 'timeline'],
    queryFn: () => get<{ items: TimelineItem[]; clocks?: Clock[] }>(`/api/orders/${orderId}/timeline`),
  });
  if (steps.isPending) return <Loading rows={2} />;
  if (steps.isError) return <Failed error={steps.error} retry={() => void steps.refetch()} />;
  const items = steps.data.items;
  if (items.length === 0) return <Empty text={t('timeline.empty')} />;
  return (
    <>
      <ClockLine clocks={steps.data.clocks ?? []} />
      <ol className="hub-timeline" aria-label={t('timeline.label')} tabIndex={0}>
        {items.map((item, index) => {
          const before = items[index - 1];
          const gapMinutes = before ? (Date.parse(item.at) - Date.parse(before.at)) / 60_000 : null;
          const reason = item.reason ? reasonText(item.reason, t, center) : '';
          const detail = [reason, detailText(item.detail, t)].filter(Boolean).join(' · ');
          return (
            <li key={item.id ?? `${item.kind}${item.at}${index}`}>
              {gapMinutes !== null && <span className="hub-timeline-gap">{duration(gapMinutes, t)}</span>}
              <span className="hub-timeline-step" title={detail}>
                <b>{t(`event.${item.kind}`, { context: center, defaultValue: item.kind })}</b>
                <span className="hub-num" title={dateOnly(item.at)}>
                  {clockTime(item.at)}
                </span>
                <span className="hub-quiet">{item.actorName ?? t('timeline.system')}</span>
                {detail && <span className="hub-timeline-detail">{detail}</span>}
              </span>
            </li>
          );
        })}
      </ol>
    </>
  );
}

/** What the clocks say: elapsed against target, met or not. */
function ClockLine({ clocks }: { clocks: Clock[] }) {
  const { t } = useTranslation('shell');
  const now = useNow();
  const shown = clocks.filter((clock) => clock.state !== 'void');
  if (shown.length === 0) return null;
  const tone = {
    running: 'hub-tone-inHand',
    paused: 'hub-tone-warn',
    met: 'hub-tone-done',
    breached: 'hub-tone-breach',
    void: '',
  };
  return (
    <ul className="hub-clocks" aria-label={t('clock.label')}>
      {shown.map((clock) => {
        const late = clock.state === 'running' && dueState(clock.dueAt, null, now) === 'breach';
        return (
          <li
            key={clock.code}
            title={clock.dueAt ? `${t('column.due')} ${dateOnly(clock.dueAt)} ${clockTime(clock.dueAt)}` : ''}
          >
            {clock.name}{' '}
            <span className={late ? tone.breached : tone[clock.state]}>
              {late ? remaining(clock.dueAt, now, t) : t(`clock.${clock.state}`)}
              {clock.elapsedMinutes !== null ? ` ${duration(clock.elapsedMinutes, t)}` : ''}
            </span>
            <span className="hub-quiet"> / {duration(clock.targetMinutes, t)}</span>
          </li>
        );
      })}
    </ul>
  );
}
