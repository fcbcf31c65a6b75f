import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { crashPoint } from '../crashPoint.ts';
import type { Queryable } from '../database.ts';

export const GENESIS = '0'.repeat(64);
const LOCK = 727_002;
const BATCH = 2_000;

interface AuditRow {
  seq: number;
  xid: string;
  canonical: string;
}

/** The bytes of a row that the chain covers, made by PostgreSQL so that sealing and verifying cannot differ. */
export const canonicalRow = sql<string>`jsonb_build_array(seq, xid::text, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), actor_kind, actor_id, actor_name, institution_id, action, subject_type, subject_id, patient_id, outcome, address, request_id, detail)::text`;

/**
 * Chains rows that became visible since the last call: hash = HMAC(previous hash ‖ canonical row). Rows are taken in
 * order of (xid, seq) below the oldest running transaction, so none can appear behind the chain's head later.
 * Returns how many were sealed. One caller works at a time.
 */
export async function sealAudit(ctx: Pick<Context, 'db' | 'keys'>): Promise<number> {
  return ctx.db.transaction().execute(async (trx) => {
    const lock = await sql<{ taken: boolean }>`select pg_try_advisory_xact_lock(${LOCK}) as taken`.execute(
      trx,
    );
    if (!lock.rows[0]?.taken) return 0;
    const head = await trx
      .selectFrom('auditSeal')
      .selectAll()
      .orderBy('position', 'desc')
      .limit(1)
      .executeTakeFirst();
    const rows = await readUnsealed(trx, head);
    let hash = head?.hash ?? GENESIS;
    const hashes = rows.map((row) => (hash = ctx.keys.seal(`${hash}\n${row.canonical}`)));
    if (rows.length === 0) return 0;
    await insertSeals(trx, head?.position ?? 0, rows, hashes);
    crashPoint('audit.seal.before-commit');
    return rows.length;
  });
}

/** Three arrays in one statement whose text stays the same, not four parameters for each of thousands of rows. */
async function insertSeals(
  trx: Queryable,
  position: number,
  rows: readonly AuditRow[],
  hashes: readonly string[],
): Promise<void> {
  await sql`insert into audit_seal (position, audit_seq, xid, hash)
    select ${position}::bigint + nth, seq, xid, hash
    from unnest(${rows.map((row) => row.seq)}::bigint[], ${rows.map((row) => row.xid)}::xid8[], ${hashes}::text[]) with ordinality as s (seq, xid, hash, nth)`.execute(
    trx,
  );
}

async function readUnsealed(
  trx: Queryable,
  head: { xid: string; auditSeq: number } | undefined,
): Promise<AuditRow[]> {
  const from = head ? sql`(xid, seq) > (${head.xid}::xid8, ${head.auditSeq}::bigint) and` : sql``;
  const { rows } =
    await sql<AuditRow>`select seq, xid::text as xid, ${canonicalRow} as canonical from audit_event
    where ${from} xid < pg_snapshot_xmin(pg_current_snapshot()) order by audit_event.xid, audit_event.seq limit ${BATCH}`.execute(
      trx,
    );
  return rows;
}
