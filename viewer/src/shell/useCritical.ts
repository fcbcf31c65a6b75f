import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, query } from '../api/client.ts';
import type { CenterKind, Session } from '../api/types.ts';
import { may } from './access.ts';
import { useSession } from './session.tsx';
import { useHubEvents } from './useEvents.ts';

export interface CriticalEvent {
  kind: string;
  at: string;
  actor: string | null;
  recipient: string | null;
  channel: string | null;
  readBack: string | null;
  result: string | null;
  detail?: Record<string, unknown>;
}

export interface CriticalValue {
  id: string;
  orderId: string;
  finding: string;
  tier: 'critical' | 'significant';
  state: 'open' | 'notified' | 'acknowledged' | 'disposed' | 'withdrawn';
  step: number;
  foundAt: string;
  notifiedAt: string | null;
  acknowledgedAt: string | null;
  acknowledgedBy: string | null;
  disposedAt: string | null;
  disposition: string | null;
  nextStepAt: string | null;
  withdrawnReason: string | null;
  accessionNumber: string;
  centerKind: CenterKind;
  patientName: string | null;
  itemName: string;
  institutionName: string;
  dutyPhone: string | null;
  reportingInstitutionName: string;
  foundBy: string | null;
  events: CriticalEvent[];
}

export const criticalKey = ['critical'];

export const seesCritical = (session: Session): boolean =>
  may(session, 'critical.acknowledge', 'critical.raise', 'quality.read');

/** Critical values that this person may see, open ones first. */
export function useCritical(open = true) {
  const client = useQueryClient();
  const session = useSession();
  useHubEvents((event) => {
    if (event.type.startsWith('critical') || event.type === 'reset')
      void client.invalidateQueries({ queryKey: criticalKey });
  });
  return useQuery({
    queryKey: [...criticalKey, open],
    queryFn: async () =>
      (await get<{ items: CriticalValue[] }>(`/api/critical${query({ open, limit: 100 })}`)).items,
    enabled: seesCritical(session),
    refetchInterval: 60_000,
    retry: false,
  });
}

/** Not yet read back by anybody at the site. */
export function unanswered(values: CriticalValue[] | undefined): CriticalValue[] {
  return (values ?? []).filter((value) => value.state === 'open' || value.state === 'notified');
}
