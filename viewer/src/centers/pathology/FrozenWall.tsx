import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { clockTime, dateTime, dueState, remaining } from '../../shell/format.ts';
import { Failed, Loading } from '../../shell/states.tsx';
import { useNow } from '../../shell/useNow.ts';
import type { ListRow } from './BenchPage.tsx';
import './pathology.css';

const tones = {
  none: 'hub-tone-waiting',
  waiting: 'hub-tone-inHand',
  warn: 'hub-tone-warn',
  breach: 'hub-tone-breach',
} as const;

/** Frozen sections of today for theatre and laboratory: large type, by number, never by name. */
export default function FrozenWall() {
  const { t } = useTranslation(['pathology', 'shell']);
  const now = useNow();
  const list = useQuery({
    queryKey: ['pathology', 'list', 'frozen-today'],
    queryFn: () => get<{ items: ListRow[] }>('/api/pathology/lists/frozen-today?limit=50'),
    refetchInterval: 5_000,
  });
  return (
    <main className="path-wall">
      <h1>{t('nav.frozen')}</h1>
      {list.isPending && <Loading />}
      {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.data && (
        <table>
          <thead>
            <tr>
              <th>{t('bench.number')}</th>
              <th>{t('frozen.theatre')}</th>
              <th>{t('frozen.state')}</th>
              <th>{t('bench.due')}</th>
            </tr>
          </thead>
          <tbody>
            {list.data.items.map((row) => (
              <tr key={row.key}>
                <td className="hub-num">{row.pathologyNumber ?? row.accessionNumber}</td>
                <td>{[row.institutionName, row.label].filter(Boolean).join(' ')}</td>
                {row.code ? (
                  <>
                    <td className="hub-tone-done">✓ {t('frozen.phonedShort')}</td>
                    <td className="hub-tone-done hub-num">{clockTime(row.code).slice(0, 5)}</td>
                  </>
                ) : (
                  <>
                    <td>{t(`shell:status.${row.status}`)}</td>
                    <td className={row.detail === '' ? tones.none : tones[dueState(row.dueAt, null, now)]}>
                      {row.detail === ''
                        ? [t('frozen.booked'), row.dueAt && dateTime(row.dueAt).slice(5)]
                            .filter(Boolean)
                            .join(' ')
                        : remaining(row.dueAt, now, t)}
                    </td>
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {list.data?.items.length === 0 && <p>{t('frozen.none')}</p>}
    </main>
  );
}
