import type { Difference } from '../differenceText.ts';

/** Input that waits for a person. */
export interface Waiting {
  id: string;
  kind: string;
  reason: string;
  institutionName: string | null;
  createdAt: string;
  orderId: string | null;
  subjectType: string | null;
  subjectId: string | null;
  detail: {
    patientName?: string | null;
    sex?: string | null;
    birthDate?: string | null;
    format?: string;
    files?: { name: string }[];
    fault?: string;
  };
  candidates: {
    orderId: string;
    accessionNumber: string;
    patientName: string | null;
    itemName: string;
    differences: Difference[];
  }[];
}
