import { sql } from 'kysely';
import type { Transaction } from '../database.ts';
import { announce } from '../events/announce.ts';
import { PERMISSIONS, ROLE_NAMES } from './roles.ts';

const REVIEWERS = ROLE_NAMES.filter((role) => PERMISSIONS[role].includes('access.review'));

/** A notice about an opening to everybody who reviews openings, except who made it: nobody judges his own. */
export async function tellReviewers(
  trx: Transaction,
  kind: 'access.break-glass' | 'access.review-overdue',
  grant: { id: string; staffId: string; staffName: string },
): Promise<void> {
  const { rows } = await sql<{ staffId: string }>`
    insert into notification (staff_id, kind, body)
    select distinct r.staff_id, ${kind}, ${JSON.stringify({ grantId: grant.id, who: grant.staffName })}::jsonb
    from staff_role r join staff s on s.id = r.staff_id and s.active
    where r.revoked_at is null and r.role::text = any(${REVIEWERS}::text[]) and r.staff_id <> ${grant.staffId}::uuid
    returning staff_id`.execute(trx);
  await announce(trx, { kind: 'notification.new', staffIds: rows.map((row) => row.staffId) });
}
