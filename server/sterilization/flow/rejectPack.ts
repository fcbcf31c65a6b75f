import { z } from 'zod';
import { can, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { centerOf, RIGHTS, siteOf } from '../access.ts';
import { defect, note, scan, stationFields } from '../inputs.ts';
import { lockPack, refuse } from '../packs.ts';
import { guarded } from '../refusals.ts';
import { stepPacks } from '../stepPack.ts';

export const rejectPackInput = z.object({ code: scan, defect, note: note.default(''), ...stationFields });

/** Wet, torn, dropped, expired, failed indicator: the pack is not sterile and is processed again. At the centre or a site. */
export async function rejectPack(ctx: Context, actor: Actor, input: z.output<typeof rejectPackInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work').catch((error: unknown) => {
    if (can(actor, RIGHTS.site)) return undefined;
    throw error;
  });
  const institutionId = centerId ?? siteOf(actor);
  const answer = await guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const pack = await lockPack(trx, input.code, centerId);
      if (pack.locationId !== institutionId)
        throw refuse('pack-elsewhere', pack.code, 'this pack stands elsewhere', { state: pack.state });
      const at = { institutionId, station: input.station, deviceAt: input.deviceAt };
      await stepPacks(ctx, trx, actor, at, [pack], 'reprocess', {
        kind: 'rejected',
        detail: { defect: input.defect, note: input.note },
      });
      await recordAudit(trx, actor, {
        action: 'sterilization.reject',
        subjectType: 'cssd-pack',
        subjectId: pack.id,
        detail: { defect: input.defect },
      });
      return { id: pack.id, code: pack.code, state: 'reprocess', defect: input.defect };
    }),
  );
  ctx.bell.ring();
  return answer;
}
