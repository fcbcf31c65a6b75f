import { sql } from 'kysely';
import type { CenterKind } from '../../../db/types.ts';
import { can, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Queryable } from '../../core/database.ts';
import { forbidden } from '../../core/errors.ts';
import { decodeCursor, encodeCursor } from '../../core/http.ts';

export interface UnmatchedQuery {
  center?: CenterKind | undefined;
  state?: 'open' | 'resolved' | 'discarded' | undefined;
  kind?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

export interface UnmatchedRow {
  id: string;
  centerKind: CenterKind;
  kind: string;
  institutionId: string | null;
  institutionName: string | null;
  deviceName: string | null;
  subjectType: string;
  subjectId: string | null;
  hasObject: boolean;
  orderId: string | null;
  accessionNumber: string | null;
  candidates: unknown;
  reason: string;
  detail: unknown;
  state: string;
  createdAt: Date;
  resolvedAt: Date | null;
  resolvedBy: string | null;
  resolution: string | null;
}

const CENTERS: CenterKind[] = ['imaging', 'ecg', 'lab', 'pathology', 'sterilization'];
const SITE_ROLES = ['technician', 'clinician', 'nurse', 'village-doctor'];

/** What waits for a person, oldest first: all of a centre for who decides there, its own for a site. Audited. */
export async function listUnmatched(
  db: Queryable,
  actor: Actor,
  query: UnmatchedQuery,
): Promise<{ items: UnmatchedRow[]; nextCursor: string | null }> {
  const decides = CENTERS.filter((kind) => can(actor, 'unmatched.decide', { centerKind: kind }));
  const sites = actor.roles
    .filter((held) => SITE_ROLES.includes(held.role))
    .map((held) => held.institutionId);
  if (decides.length === 0 && sites.length === 0) throw forbidden('this needs the right unmatched.decide');
  const after = decodeCursor(query.cursor, 2);
  const { rows } = await sql<UnmatchedRow & { key: string }>`
    select u.id, u.center_kind::text as center_kind, u.kind, u.institution_id, i.short_name as institution_name, d.name as device_name, u.subject_type, u.subject_id,
      u.object_address is not null as has_object, u.order_id, o.accession_number, u.candidates, u.reason, u.detail, u.state, u.created_at, u.resolved_at, s.name as resolved_by, u.resolution, u.created_at::text as key
    from unmatched_input u left join institution i on i.id = u.institution_id left join device d on d.id = u.device_id left join orders o on o.id = u.order_id left join staff s on s.id = u.resolved_by
    where u.state = ${query.state ?? 'open'} and (u.center_kind = any(${decides}::center_kind[]) or u.institution_id = any(${sites}::uuid[]))
      ${query.center ? sql`and u.center_kind = ${query.center}` : sql``} ${query.kind ? sql`and u.kind = ${query.kind}` : sql``}
      ${after ? sql`and (u.created_at, u.id) > (${after[0]}::timestamptz, ${after[1]}::uuid)` : sql``}
    order by u.created_at, u.id limit ${query.limit + 1}`.execute(db);
  await recordAudit(db, actor, {
    action: 'unmatched.view',
    detail: { center: query.center ?? 'all', rows: Math.min(rows.length, query.limit) },
  });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => ({ ...row, key: undefined })),
    nextCursor: rows.length > query.limit && last ? encodeCursor([last.key, last.id]) : null,
  };
}
