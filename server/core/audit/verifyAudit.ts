import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { canonicalRow, GENESIS } from './sealAudit.ts';

export interface AuditVerdict {
  sealed: number;
  /** Committed rows that the sealer has not reached; zero a few seconds after the last act. */
  unsealedTail: number;
  head: string;
  /** The first row that does not agree with the chain. */
  fault?: {
    position: number;
    auditSeq: number;
    problem: 'altered' | 'missing' | 'chain-broken' | 'truncated';
  };
}

/**
 * Recomputes the chain from the first row. `exportedHead` (kept in the object store) also reveals a chain that was
 * cut short together with its rows.
 */
export async function verifyAudit(
  ctx: Pick<Context, 'db' | 'keys'>,
  exportedHead?: { position: number; hash: string },
  progress?: (done: number) => void,
): Promise<AuditVerdict> {
  let hash = GENESIS;
  let position = 0;
  for (;;) {
    const { rows } = await sql<{
      position: number;
      auditSeq: number;
      hash: string;
      canonical: string | null;
    }>`
      select s.position, s.audit_seq, s.hash, a.canonical from (select * from audit_seal where position > ${position} order by position limit 5000) s
      left join lateral (select ${canonicalRow} as canonical from audit_event where seq = s.audit_seq) a on true order by s.position`.execute(
      ctx.db,
    );
    if (rows.length === 0) break;
    for (const row of rows) {
      const fault = (problem: 'altered' | 'missing' | 'chain-broken') => ({
        sealed: position,
        unsealedTail: 0,
        head: hash,
        fault: { position: row.position, auditSeq: row.auditSeq, problem },
      });
      if (row.position !== position + 1) return fault('chain-broken');
      if (row.canonical === null) return fault('missing');
      hash = ctx.keys.seal(`${hash}\n${row.canonical}`);
      if (hash !== row.hash) return fault('altered');
      position = row.position;
      if (exportedHead?.position === position && exportedHead.hash !== hash) return fault('chain-broken');
    }
    progress?.(position);
  }
  if (exportedHead && exportedHead.position > position)
    return {
      sealed: position,
      unsealedTail: 0,
      head: hash,
      fault: { position: exportedHead.position, auditSeq: 0, problem: 'truncated' },
    };
  const tail = await sql<{
    count: number;
  }>`select count(*) as count from audit_event a where not exists (select 1 from audit_seal s where s.audit_seq = a.seq)`.execute(
    ctx.db,
  );
  return { sealed: position, unsealedTail: tail.rows[0]?.count ?? 0, head: hash };
}
