import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/client.ts';
import type { EarlierResult } from './EarlierResult.tsx';

/** A prompt that waits; `outdated` when its result was corrected, voided or has expired. */
export type OpenPrompt = EarlierResult & { outdated: boolean; dueAt: string | null };

export interface DecidedPrompt {
  id: string;
  itemCode: string;
  itemName: string;
  decision: 'adopt' | 'repeat';
  reason: string | null;
  note: string | null;
  citation: string | null;
  decidedAt: string;
  decidedBy: string | null;
  /** The county's own earlier order, or another platform's report. */
  sourceOrderId: string | null;
  accessionNumber: string | null;
  platformName: string | null;
  reportNumber: string | null;
  patientInformed: { by?: string; at?: string } | null;
}

/** Earlier results put before the clinician of an order: those that wait and those decided on. */
export const useRecognition = (orderId: string, enabled = true) =>
  useQuery({
    queryKey: ['order', orderId, 'recognition'],
    enabled,
    retry: false,
    queryFn: () =>
      get<{ items: OpenPrompt[]; decided: DecidedPrompt[] }>(`/api/orders/${orderId}/recognition`),
  });
