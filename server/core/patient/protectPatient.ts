import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { visibleOrders } from '../access/orderScope.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { notFound } from '../errors.ts';

/**
 * Marks a person as protected (own staff, persons under protection) or ends it: the results are then seen at a site by
 * who asked for them only, and are not shared by code. 404 for a patient without a case that the actor may see.
 */
export async function protectPatient(
  ctx: Pick<Context, 'db'>,
  actor: Actor,
  patientId: string,
  input: { protected: boolean; reason: string },
): Promise<{ id: string; protected: boolean }> {
  return ctx.db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: string }>`
      update patient p set restricted = ${input.protected} where p.id = ${patientId}::uuid
        and exists (select from orders o where o.patient_id = p.id and ${visibleOrders(actor, 'o')}) returning p.id`.execute(
      trx,
    );
    if (rows.length === 0) throw notFound('patient', patientId);
    await recordAudit(trx, actor, {
      action: input.protected ? 'patient.protect' : 'patient.unprotect',
      subjectType: 'patient',
      subjectId: patientId,
      patientId,
      detail: { reason: input.reason },
    });
    return { id: patientId, protected: input.protected };
  });
}
