import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Queryable } from '../database.ts';
import { decodeCursor, encodeCursor } from '../http.ts';

export interface ReferralQuery {
  direction: 'in' | 'out';
  state: 'open' | 'all';
  cursor?: string | undefined;
  limit: number;
}

export interface ReferralRow {
  id: string;
  orderId: string;
  accessionNumber: string;
  patientName: string;
  sex: string;
  birthDate: string | null;
  itemName: string;
  fromName: string;
  toName: string;
  reason: string;
  referredByName: string;
  referredAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
  open: boolean;
}

/** Patients referred to (`in`) or by (`out`) the institutions where the actor works, newest first. */
export async function listReferrals(
  db: Queryable,
  actor: Actor,
  now: Date,
  query: ReferralQuery,
): Promise<{ items: ReferralRow[]; nextCursor: string | null }> {
  const own = actor.roles.map((held) => held.institutionId);
  const side = sql.raw(query.direction === 'in' ? 'r.to_institution_id' : 'r.from_institution_id');
  const where: RawBuilder<SqlBool>[] = [sql`${side} = any(${own}::uuid[])`];
  if (query.state === 'open') where.push(sql`r.ended_at is null and r.expires_at > ${now}`);
  const after = decodeCursor(query.cursor, 2);
  if (after) where.push(sql`(r.referred_at, r.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`);
  const { rows } = await sql<ReferralRow & { cursorKey: string }>`
    select r.id, r.order_id, o.accession_number, p.name as patient_name, p.sex::text as sex, p.birth_date, o.item_name, f.short_name as from_name, t.short_name as to_name,
      r.reason, s.name as referred_by_name, r.referred_at, r.expires_at, r.ended_at, r.ended_at is null and r.expires_at > ${now} as open, r.referred_at::text as cursor_key
    from referral r join orders o on o.id = r.order_id join patient p on p.id = r.patient_id join institution f on f.id = r.from_institution_id
      join institution t on t.id = r.to_institution_id join staff s on s.id = r.referred_by
    where ${sql.join(where, sql` and `)} order by r.referred_at desc, r.id desc limit ${query.limit + 1}`.execute(
    db,
  );
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  return {
    items: items.map(({ cursorKey: _, ...row }) => row),
    nextCursor: rows.length > query.limit && last ? encodeCursor([last.cursorKey, last.id]) : null,
  };
}
