import { sql } from 'kysely';
import type { CenterKind } from '../../../db/types.ts';
import type { Queryable } from '../database.ts';

export interface Announcement {
  /** e.g. `order.changed`, `order.new`, `critical.raised`, `report.signed`. */
  kind: string;
  orderId?: string;
  centerKind?: CenterKind;
  /** Sites that may see it. */
  institutionIds?: string[];
  /** The institution whose centre may see it. */
  reportingInstitutionId?: string;
  staffIds?: string[];
  data?: Record<string, unknown>;
}

/** Puts an event on the stream in the caller's transaction. Carries ids and status, never a patient's name. */
export async function announce(trx: Queryable, event: Announcement): Promise<void> {
  await trx
    .insertInto('streamEvent')
    .values({
      kind: event.kind,
      orderId: event.orderId ?? null,
      centerKind: event.centerKind ?? null,
      institutionIds: sql`${event.institutionIds ?? []}::uuid[]`,
      reportingInstitutionId: event.reportingInstitutionId ?? null,
      staffIds: sql`${event.staffIds ?? []}::uuid[]`,
      data: JSON.stringify(event.data ?? {}),
    })
    .execute();
}
