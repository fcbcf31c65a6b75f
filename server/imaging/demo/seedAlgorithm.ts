import type { Context } from '../../core/context.ts';

/** Registers the hub's own check of picture quality at the lead hospital: its drafts stand beside the demo's reports. */
export async function seedAlgorithm(ctx: Context): Promise<void> {
  const lead = await ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', 'QHRM')
    .executeTakeFirst();
  if (!lead) return;
  await ctx.db.transaction().execute(async (trx) => {
    const device = await trx
      .insertInto('device')
      .values({
        kind: 'algorithm',
        name: '影像质量检查',
        institutionId: lead.id,
        state: 'admitted',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('algorithm')
      .values({
        deviceId: device.id,
        version: '1.0',
        vendor: '青禾县(演示)',
        intendedUse: '提示曝光、对比度、清晰度与左右标记问题,供技师和医师参考',
        centerKind: 'imaging',
        modalities: ['DX', 'CR', 'CT'],
        builtIn: 'image-quality',
        judges: 'image',
      })
      .execute();
  });
}
