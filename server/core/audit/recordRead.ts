import type { Pool } from 'pg';
import type { Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { auditRow, type AuditEntry } from './recordAudit.ts';

interface Waiting {
  row: ReturnType<typeof auditRow>;
  done: () => void;
  failed: (error: unknown) => void;
}
interface Queue {
  waiting: Waiting[];
  writing: boolean;
}

const queues = new WeakMap<Pool, Queue>();
const MOST_AT_ONCE = 500;

/**
 * Writes the audit row of a read, which has no transaction that it could belong to. Rows that come while others are
 * on their way go together in the next statement, so that many readers at once share one durable commit. Resolves
 * when the row is committed: wait for it before the answer goes out.
 */
export function recordRead(ctx: Pick<Context, 'pool'>, actor: Actor, entry: AuditEntry): Promise<void> {
  const { pool } = ctx;
  const queue = queues.get(pool) ?? { waiting: [], writing: false };
  queues.set(pool, queue);
  return new Promise((done, failed) => {
    queue.waiting.push({ row: auditRow(actor, entry), done, failed });
    if (!queue.writing) void write(pool, queue);
  });
}

async function write(pool: Pool, queue: Queue): Promise<void> {
  queue.writing = true;
  while (queue.waiting.length > 0) {
    const batch = queue.waiting.splice(0, MOST_AT_ONCE);
    try {
      await pool.query({
        name: 'audit-reads',
        text: INSERT,
        values: [JSON.stringify(batch.map((one) => one.row))],
      });
      for (const one of batch) one.done();
    } catch (error) {
      for (const one of batch) one.failed(error);
    }
  }
  queue.writing = false;
}

const INSERT = `insert into audit_event (actor_kind, actor_id, actor_name, institution_id, action, subject_type, subject_id, patient_id, outcome, address, request_id, detail)
  select "actorKind", "actorId", "actorName", "institutionId", action, "subjectType", "subjectId", "patientId", outcome, address, "requestId", detail
  from jsonb_to_recordset($1::jsonb) as r("actorKind" text, "actorId" text, "actorName" text, "institutionId" uuid, action text, "subjectType" text, "subjectId" text, "patientId" uuid,
    outcome text, address text, "requestId" text, detail jsonb)`;
