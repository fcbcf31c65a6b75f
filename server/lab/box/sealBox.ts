import { recordAudit } from '../../core/audit/recordAudit.ts';
import { personId, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { invalid } from '../../core/errors.ts';
import { type Box, lockBox, setBox, countTubes, moveTubes } from './box.ts';

/** Closes a box with its seal; the manifest is what it held at this moment. */
export async function sealBox(ctx: Context, actor: Actor, boxId: string, sealNumber: string): Promise<Box> {
  const staffId = personId(actor);
  return ctx.db.transaction().execute(async (trx) => {
    const box = await lockBox(trx, actor, boxId, ['open']);
    const count = await countTubes(trx, box.id);
    if (count === 0) throw invalid('an empty box is not sealed', [{ path: 'box', code: 'empty' }]);
    const sealed = await setBox(trx, box.id, {
      state: 'sealed',
      sealNumber,
      sealedBy: staffId,
      sealedAt: ctx.clock.now(),
      sealedCount: count,
    });
    await moveTubes(ctx, trx, actor, sealed, { from: ['boxed'], kind: 'sealed' });
    await recordAudit(trx, actor, {
      action: 'box.seal',
      subjectType: 'box',
      subjectId: box.code,
      detail: { sealNumber, count },
    });
    return sealed;
  });
}
