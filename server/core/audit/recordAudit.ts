import type { Queryable } from '../database.ts';
import type { Actor } from '../access/actor.ts';

export interface AuditEntry {
  /** `<subject>.<verb>`: order.create, report.sign, list.view … */
  action: string;
  subjectType?: string;
  subjectId?: string;
  patientId?: string | null;
  outcome?: 'done' | 'denied' | 'failed';
  detail?: Record<string, unknown>;
}

/** Writes the audit row in the transaction of the act, so that neither exists without the other. */
export async function recordAudit(trx: Queryable, actor: Actor, entry: AuditEntry): Promise<void> {
  await trx
    .insertInto('auditEvent')
    .values({
      actorKind: actor.kind,
      actorId: actor.id,
      actorName: actor.name,
      institutionId: actor.institutionId,
      action: entry.action,
      subjectType: entry.subjectType ?? null,
      subjectId: entry.subjectId ?? null,
      patientId: entry.patientId ?? null,
      outcome: entry.outcome ?? 'done',
      address: actor.address ?? null,
      requestId: actor.requestId ?? null,
      detail: JSON.stringify(entry.detail ?? {}),
    })
    .execute();
}
