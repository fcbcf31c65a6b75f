import { useQuery } from '@tanstack/react-query';
import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get } from '../../api/client.ts';
import type { WorklistRow } from '../../api/types.ts';
import { DueRing } from '../../shell/PatientStrip.tsx';
import { hasChestPain, laneOrder } from './emergency.ts';
import { FlagCell } from './worklistCells.tsx';

/** Emergencies that wait, chest pain first, each with the ring of its target; nothing where none waits. */
export function EmergencyLane() {
  const { t } = useTranslation(['ecg', 'shell']);
  const lane = useQuery({
    queryKey: ['worklist', 'ecg', 'emergency-lane'],
    queryFn: async () =>
      (await get<{ items: WorklistRow[] }>('/api/centers/ecg/worklist?priority=emergency&limit=50')).items,
    refetchInterval: 20_000,
  });
  const rows = laneOrder(lane.data ?? []);
  if (rows.length === 0) return null;
  return (
    <nav className="ecg-lane" aria-label={t('ecg:lane.label')}>
      <strong className="hub-tone-breach">{t('ecg:lane.title', { count: rows.length })}</strong>
      {rows.map((row) => (
        <Link key={row.orderId} to={`/orders/${row.orderId}`} className="ecg-lane-case">
          {row.dueAt && (
            <DueRing dueAt={row.dueAt} startAt={row.receivedAt ?? null} warnAt={row.warnAt ?? null} />
          )}
          {hasChestPain(row) && <Tag color="error">{t('shell:flag.chest-pain')}</Tag>}
          <strong>{row.patientName ?? row.accessionNumber}</strong>
          <span className="hub-quiet">{row.claimedBy ?? row.institutionName}</span>
          <FlagCell orderId={row.orderId} />
        </Link>
      ))}
    </nav>
  );
}
