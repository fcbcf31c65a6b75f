import type { CenterKind } from '../../api/types.ts';

export interface Difference {
  field: string;
  /** As the images say and as the order says. */
  study?: string | null;
  order?: string | null;
  [more: string]: unknown;
}

export interface Candidate {
  orderId: string;
  accessionNumber: string;
  patientName: string | null;
  itemName: string;
  modality?: string | null;
  status: string;
  differences: Difference[];
}

/** Input that could not be joined, read or stored as it should. */
export interface Unmatched {
  id: string;
  centerKind: CenterKind;
  kind: 'mismatch' | 'ambiguous' | 'no-order' | 'conflict' | 'unreadable' | 'unknown-code' | 'no-patient';
  institutionName: string | null;
  deviceName: string | null;
  subjectType: string;
  subjectId: string | null;
  hasObject: boolean;
  orderId: string | null;
  accessionNumber: string | null;
  candidates: Candidate[];
  reason: string;
  detail: Record<string, unknown>;
  state: 'open' | 'resolved' | 'discarded';
  createdAt: string;
  resolvedAt: string | null;
  resolvedBy: string | null;
  resolution: string | null;
}
