import { recordAudit } from '../../core/audit/recordAudit.ts';
import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { invalid } from '../../core/errors.ts';
import { type Box, boxByCode, setBox, moveTubes } from './box.ts';

/** The courier takes the sealed box over by scanning it: box code and seal must both be read. */
export async function handOverBox(
  ctx: Context,
  actor: Actor,
  code: string,
  sealNumber: string,
): Promise<Box> {
  const staffId = personId(actor);
  requirePermission(actor, 'specimen.transport');
  const moved = await ctx.db.transaction().execute(async (trx) => {
    const box = await boxByCode(trx, code, ['sealed']);
    if (box.sealNumber !== sealNumber.trim())
      throw invalid('the seal does not fit the box', [{ path: 'sealNumber', code: 'seal' }]);
    const after = await setBox(trx, box.id, {
      state: 'in-transit',
      courierId: staffId,
      handedAt: ctx.clock.now(),
    });
    await moveTubes(ctx, trx, actor, after, {
      from: ['boxed'],
      to: 'in-transit',
      kind: 'dispatched',
      orderEvent: 'specimen-dispatched',
    });
    await recordAudit(trx, actor, { action: 'box.hand-over', subjectType: 'box', subjectId: box.code });
    return after;
  });
  ctx.bell.ring();
  return moved;
}

/** The box reaches the laboratory: seal looked at, tubes now to be scanned one by one. */
export async function arriveBox(
  ctx: Context,
  actor: Actor,
  code: string,
  input: { sealIntact: boolean; sealNumber?: string | undefined },
): Promise<Box> {
  const staffId = personId(actor);
  const arrived = await ctx.db.transaction().execute(async (trx) => {
    const box = await boxByCode(trx, code, ['sealed', 'in-transit']);
    requirePermission(actor, 'specimen.receive', { institutionId: box.toInstitutionId, centerKind: 'lab' });
    const intact =
      input.sealIntact && (input.sealNumber === undefined || input.sealNumber === box.sealNumber);
    const after = await setBox(trx, box.id, {
      state: 'arrived',
      arrivedAt: ctx.clock.now(),
      receivedBy: staffId,
      sealIntact: intact,
    });
    await moveTubes(ctx, trx, actor, after, {
      from: ['boxed', 'in-transit'],
      to: 'arrived',
      kind: 'arrived',
      orderEvent: 'specimen-arrived',
    });
    await recordAudit(trx, actor, {
      action: 'box.arrive',
      subjectType: 'box',
      subjectId: box.code,
      detail: { sealIntact: intact },
    });
    return after;
  });
  ctx.bell.ring();
  return arrived;
}
