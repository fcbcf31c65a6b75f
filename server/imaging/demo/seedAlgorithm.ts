import { SYSTEM } from '../../core/access/actor.ts';
import { registerAlgorithm } from '../../core/algorithm/registerAlgorithm.ts';
import type { Context } from '../../core/context.ts';

/** Registers the hub's own check of picture quality at the lead hospital: its drafts stand beside the demo's reports. */
export async function seedAlgorithm(ctx: Context): Promise<void> {
  const lead = await ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', 'QHRM')
    .executeTakeFirst();
  if (!lead) return;
  await registerAlgorithm(ctx, SYSTEM, {
    name: '影像质量检查',
    version: '1.0',
    vendor: '青禾县(演示)',
    intendedUse: '提示曝光、对比度、清晰度与左右标记问题,供技师和医师参考',
    institutionId: lead.id,
    center: 'imaging',
    modalities: ['DX', 'CR', 'CT'],
    builtIn: 'image-quality',
    judges: 'image',
    mayRaisePriority: false,
  });
}
