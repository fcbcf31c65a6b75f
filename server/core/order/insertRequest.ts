import type { Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import type { RequestInput } from './requestInput.ts';
import type { RequestSource } from './requestSource.ts';

/** What was asked for, by whom and from where: one row above its orders. */
export function insertRequest(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  input: RequestInput,
  from: Omit<RequestSource, 'patientId'> & { institutionId: string; patientId: string | null },
): Promise<{ id: string }> {
  return trx
    .insertInto('request')
    .values({
      patientId: from.patientId,
      requestingInstitutionId: from.institutionId,
      requestedBy: actor.kind === 'staff' ? actor.id : null,
      requestedByName: from.requestedByName ?? actor.name,
      placerOrderNumber: input.placerOrderNumber ?? null,
      clinicalInfo: input.clinicalInfo ?? null,
      visit: JSON.stringify(input.visit ?? {}),
      flags: input.flags,
      remoteConsent: input.remoteConsent ? JSON.stringify(input.remoteConsent) : null,
      source: from.source,
      idempotencyKey: from.idempotencyKey ?? null,
      createdAt: ctx.clock.now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
}
