import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { conflict, invalid } from '../../core/errors.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { nextBarcode } from './barcode.ts';
import { recordContainerEvent } from './containerEvent.ts';
import { lockContainer, type Container } from './findContainer.ts';

export const separateInput = z.object({
  barcode: z.string().min(6).max(30),
  separatedAt: z.iso.datetime({ offset: true }).optional(),
  /** Aliquots poured off, each with the tests that travel in it. */
  aliquots: z
    .array(
      z.object({
        testCodes: z.array(z.string().max(24)).min(1).max(100),
        volumeMl: z.number().positive().max(100).optional(),
      }),
    )
    .max(10)
    .default([]),
});

/** Records centrifugation and aliquots. The time decides by which stability the tests are judged. */
export async function separateContainer(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof separateInput>,
): Promise<{ container: Container; aliquots: string[] }> {
  personId(actor);
  return ctx.db.transaction().execute(async (trx) => {
    const { container, order } = await lockContainer(trx, actor, input.barcode);
    requirePermission(actor, 'specimen.collect', { institutionId: order.performingInstitutionId });
    if (container.state !== 'collected' || !container.collectedAt)
      throw conflict('tube-state', `tube ${container.barcode} is ${container.state}`, {
        barcode: container.barcode,
        state: container.state,
      });
    const at = input.separatedAt ? new Date(input.separatedAt) : ctx.clock.now();
    if (at < container.collectedAt || at.getTime() > ctx.clock.now().getTime() + 120_000)
      throw invalid('separation lies between collection and now', [{ path: 'separatedAt', code: 'time' }]);
    const after = await trx
      .updateTable('labContainer')
      .set({ separatedAt: at, separatedBy: actor.id })
      .where('id', '=', container.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await recordContainerEvent(ctx, trx, actor, container.id, { kind: 'separated', at });
    const aliquots: string[] = [];
    for (const aliquot of input.aliquots) {
      const moved = await trx
        .insertInto('labContainer')
        .values({
          barcode: await nextBarcode(trx, ctx.clock.now()),
          orderId: order.id,
          parentId: container.id,
          tubeCode: container.tubeCode,
          specimenType: container.specimenType,
          state: 'collected',
          collectedAt: container.collectedAt,
          collectedBy: container.collectedBy,
          collectedByName: container.collectedByName,
          separatedAt: at,
          separatedBy: actor.id,
          volumeMl: aliquot.volumeMl ?? null,
        })
        .returning(['id', 'barcode'])
        .executeTakeFirstOrThrow();
      const tests = await trx
        .updateTable('labOrderTest')
        .set({ containerId: moved.id })
        .where('containerId', '=', container.id)
        .where('testCode', 'in', aliquot.testCodes)
        .executeTakeFirst();
      if (Number(tests.numUpdatedRows) !== new Set(aliquot.testCodes).size)
        throw invalid('an aliquot names tests that are not in this tube', [
          { path: 'aliquots', code: 'aliquot' },
        ]);
      await recordContainerEvent(ctx, trx, actor, moved.id, {
        kind: 'aliquoted',
        at,
        detail: { from: container.barcode },
      });
      aliquots.push(moved.barcode);
    }
    await recordEvent(ctx, trx, actor, order, {
      kind: 'specimen-separated',
      at,
      detail: { barcode: container.barcode, aliquots },
    });
    await recordAudit(trx, actor, {
      action: 'specimen.separate',
      subjectType: 'tube',
      subjectId: container.barcode,
      patientId: order.patientId,
    });
    return { container: after, aliquots };
  });
}
