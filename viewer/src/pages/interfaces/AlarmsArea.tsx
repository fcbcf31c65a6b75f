import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { standing, type Alarms, type EngineAlarm, subjectOf } from '../../shell/engineAlarms.ts';
import { useInterfaces } from './useInterfaces.ts';

/** What is wrong now, since when, and where to mend it; below it what was wrong lately. */
export default function AlarmsArea() {
  const { t } = useTranslation('interfaces');
  const alarms = useInterfaces<Alarms>('alarms');
  if (alarms.isPending) return <Loading />;
  if (alarms.isError) return <Failed error={alarms.error} retry={() => void alarms.refetch()} />;
  const now = standing(alarms.data);
  const past = alarms.data.open.filter((one) => one.clearedAt !== null);
  const says = ({ kind, detail }: EngineAlarm): string =>
    kind === 'silent'
      ? t('alarm.silentSince', { at: dateTime(detail.lastSeenAt ?? null) })
      : kind === 'unknown'
        ? t('alarm.attempts', { n: detail.attempts ?? 0 })
        : t(kind === 'queue' ? 'alarm.queueNow' : 'alarm.stuckNow', {
            n: detail.waiting ?? detail.n ?? 0,
            at: dateTime(detail.oldest ?? null),
          });
  const way = (one: EngineAlarm) => {
    if (one.kind === 'unknown') return <Link to="/admin/devices">{t('alarm.admit')}</Link>;
    const [direction = '', what = ''] = one.subject.split(' ');
    const to =
      one.kind === 'stuck'
        ? `?direction=${direction}&state=${what}`
        : one.kind === 'queue'
          ? `?direction=${direction}&state=${direction === 'in' ? 'received' : 'waiting'}`
          : `?sender=${encodeURIComponent(one.subject)}`;
    return <Link to={`/interfaces/messages${to}`}>{t('alarm.messages')}</Link>;
  };
  const table = (rows: EngineAlarm[], over: boolean) => (
    <ListTable<EngineAlarm>
      name={t(over ? 'alarm.past' : 'alarm.now')}
      heading={t(over ? 'alarm.past' : 'alarm.now')}
      rowKey="id"
      rows={rows}
      empty={t('alarm.none')}
      columns={[
        {
          title: t('alarm.kind'),
          width: 160,
          text: (row) => t(`alarm.kinds.${row.kind}`),
          render: (row) => (
            <span className={over ? 'hub-quiet' : `hub-tone-${row.kind === 'stuck' ? 'breach' : 'warn'}`}>
              {t(`alarm.kinds.${row.kind}`)}
            </span>
          ),
        },
        { title: t('alarm.subject'), text: (row) => subjectOf(row.kind, row.subject, t), wrap: 320 },
        { title: t('alarm.what'), text: says, wrap: 320 },
        { title: t('alarm.since'), width: 150, text: (row) => dateTime(row.since) },
        {
          title: t('alarm.over'),
          width: 150,
          text: (row) => (row.clearedAt ? dateTime(row.clearedAt) : t('alarm.lasting')),
        },
        { title: '', width: 90, render: way },
      ]}
    />
  );
  return (
    <div className="hub-scroll hub-int-stack">
      {table(now, false)}
      {past.length > 0 && table(past, true)}
    </div>
  );
}
