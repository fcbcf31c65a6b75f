import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { dateTime } from '../../shell/format.ts';
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
    <Table<EngineAlarm>
      size="small"
      rowKey="id"
      pagination={false}
      dataSource={rows}
      locale={{ emptyText: t('alarm.none') }}
      columns={[
        {
          title: t('alarm.kind'),
          width: 160,
          render: (_, row) => (
            <span className={over ? 'hub-quiet' : `hub-tone-${row.kind === 'stuck' ? 'breach' : 'warn'}`}>
              {t(`alarm.kinds.${row.kind}`)}
            </span>
          ),
        },
        { title: t('alarm.subject'), render: (_, row) => subjectOf(row.kind, row.subject, t) },
        { title: t('alarm.what'), render: (_, row) => says(row) },
        { title: t('alarm.since'), width: 150, render: (_, row) => dateTime(row.since) },
        {
          title: t('alarm.over'),
          width: 150,
          render: (_, row) => (row.clearedAt ? dateTime(row.clearedAt) : t('alarm.lasting')),
        },
        { title: '', width: 90, render: (_, row) => way(row) },
      ]}
    />
  );
  return (
    <div className="hub-scroll hub-int-stack">
      <h2 className="hub-title">{t('alarm.now')}</h2>
      {table(now, false)}
      {past.length > 0 && (
        <>
          <h2 className="hub-title">{t('alarm.past')}</h2>
          {table(past, true)}
        </>
      )}
    </div>
  );
}
