import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { isUniqueViolation } from '../../core/database.ts';
import { conflict, DomainError } from '../../core/errors.ts';
import { requireWitness, witnessInput } from '../../core/access/witness.ts';
import { chinaDay } from '../queries.ts';
import { recordContainerEvent } from './containerEvent.ts';
import { lockContainer, type Container } from './findContainer.ts';

export const storeInput = z.object({
  barcode: z.string().min(6).max(30),
  rack: z.string().regex(/^[A-Za-z0-9-]{1,20}$/),
  position: z.string().regex(/^[A-Za-z0-9-]{1,10}$/),
  days: z.number().int().min(1).max(3650).default(7),
});

/** Keeps a tube whose results are all out: where, until when. One tube a place. */
export async function storeContainer(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof storeInput>,
): Promise<Container> {
  personId(actor);
  try {
    return await ctx.db.transaction().execute(async (trx) => {
      const { container, order } = await lockContainer(trx, actor, input.barcode);
      requirePermission(actor, 'bench.work', {
        institutionId: order.reportingInstitutionId,
        centerKind: 'lab',
      });
      if (container.state !== 'accepted' && container.state !== 'stored')
        throw conflict('tube-state', `tube ${container.barcode} is ${container.state}`, {
          barcode: container.barcode,
          state: container.state,
        });
      if (container.state === 'accepted') await refuseOpenTests(trx, container);
      const until = chinaDay(new Date(ctx.clock.now().getTime() + input.days * 86_400_000));
      const after = await trx
        .updateTable('labContainer')
        .set({ state: 'stored', storeRack: input.rack, storePosition: input.position, storeUntil: until })
        .where('id', '=', container.id)
        .returningAll()
        .executeTakeFirstOrThrow();
      await recordContainerEvent(ctx, trx, actor, container.id, {
        kind: 'stored',
        detail: { rack: input.rack, position: input.position, until },
      });
      return after;
    });
  } catch (error) {
    if (!isUniqueViolation(error, 'lab_container_slot')) throw error;
    throw conflict('place-taken', `place ${input.rack}/${input.position} holds another tube`, {
      place: `${input.rack}/${input.position}`,
    });
  }
}

/** A tube is still needed while one of its tests is not released: for a rerun, a dilution, a missing value. */
async function refuseOpenTests(trx: Transaction, container: Container): Promise<void> {
  const open = await trx
    .selectFrom('labOrderTest')
    .select('testCode')
    .where('containerId', '=', container.id)
    .where('state', 'not in', ['released', 'rejected', 'cancelled'])
    .orderBy('testCode')
    .execute();
  if (open.length === 0) return;
  const tests = open.map((one) => one.testCode).join(', ');
  throw conflict(
    'results-open',
    `tube ${container.barcode} still has tests without a released result: ${tests}`,
    {
      barcode: container.barcode,
      tests,
    },
  );
}

export const discardInput = z.object({
  barcodes: z.array(z.string().min(6).max(30)).min(1).max(200),
  witness: witnessInput,
});

/** Discards retained tubes after their time; a second person of the laboratory takes part with his own password. */
export async function discardContainers(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof discardInput>,
): Promise<{ discarded: string[] }> {
  const staffId = personId(actor);
  const witness = await requireWitness(ctx, actor, input.witness, 'two different people discard specimens');
  return ctx.db.transaction().execute(async (trx) => {
    const role = await trx
      .selectFrom('staffRole')
      .select('role')
      .where('staffId', '=', witness.id)
      .where('revokedAt', 'is', null)
      .where('role', 'in', ['reporter', 'verifier', 'center-head', 'technician'])
      .limit(1)
      .executeTakeFirst();
    if (!role)
      throw new DomainError(403, 'witness-elsewhere', 'the second person does not work in the laboratory');
    const discarded: string[] = [];
    for (const barcode of input.barcodes) {
      const { container, order } = await lockContainer(trx, actor, barcode);
      requirePermission(actor, 'bench.work', {
        institutionId: order.reportingInstitutionId,
        centerKind: 'lab',
      });
      if (container.state !== 'stored')
        throw conflict('tube-state', `tube ${container.barcode} is ${container.state}`, {
          barcode: container.barcode,
          state: container.state,
        });
      if (container.storeUntil && container.storeUntil > chinaDay(ctx.clock.now()))
        throw conflict('kept-longer', `tube ${container.barcode} is kept until ${container.storeUntil}`, {
          barcode: container.barcode,
          until: container.storeUntil,
        });
      await trx
        .updateTable('labContainer')
        .set({
          state: 'discarded',
          discardedAt: ctx.clock.now(),
          discardedBy: staffId,
          discardedWith: witness.id,
        })
        .where('id', '=', container.id)
        .execute();
      await recordContainerEvent(ctx, trx, actor, container.id, {
        kind: 'discarded',
        detail: { with: witness.name },
      });
      discarded.push(container.barcode);
    }
    await recordAudit(trx, actor, {
      action: 'specimen.discard',
      subjectType: 'tubes',
      detail: { discarded, with: witness.name },
    });
    return { discarded };
  });
}
