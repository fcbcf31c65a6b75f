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

/** The row of an entry; `detail` is JSON that is not written yet. */
export function auditRow(actor: Actor, entry: AuditEntry) {
  return {
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
    detail: { ...entry.detail, ...(actor.ahead && { ahead: true }) },
  };
}

/** Writes the audit row in the transaction of the act, so that neither exists without the other. */
export async function recordAudit(trx: Queryable, actor: Actor, entry: AuditEntry): Promise<void> {
  const row = auditRow(actor, entry);
  await trx
    .insertInto('auditEvent')
    .values({ ...row, detail: JSON.stringify(row.detail) })
    .execute();
}
