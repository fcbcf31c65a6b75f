import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { renderPrintDocument } from '../../core/print/renderPrintDocument.ts';
import { makeDays, startHistory } from './history.ts';
import { DAYS, type History } from './historyMaker.ts';
import { finishRecall, playRecall } from './recallStory.ts';
import { linkInstruments } from './linkInstruments.ts';
import { seedReference } from './seedReference.ts';
import { playToday } from './today.ts';
import { readWorld } from './world.ts';

/**
 * Demo content of the centre: catalogue and machines, a month of history with one failed indicator and its recall, and
 * today's work. All synthetic; the recall and today are made by the hub's own acts.
 */
export async function seedSterilizationDemo(ctx: Context): Promise<void> {
  const { institutionId: centerId } = await ctx.db
    .selectFrom('center')
    .select('institutionId')
    .where('kind', '=', 'sterilization')
    .executeTakeFirstOrThrow();
  const now = ctx.clock.now();
  const seeded = await ctx.db.selectFrom('cssdMachine').select('id').limit(1).executeTakeFirst();
  if (seeded) return; // a start that was cut off: the catalogue stands, the history is not made twice
  await ctx.db
    .transaction()
    .execute((trx) => seedReference(trx, centerId, new Date(now.getTime() - 60 * 86_400_000)));
  const world = await readWorld(ctx, centerId);
  const document = await ctx.objects.put(await historyDocument(now));
  const maker = startHistory(world, now, document.address);
  await ctx.db
    .transaction()
    .execute((trx) => insertHistory(trx, makeDays(maker, DAYS, maker.story.failDay - 1)));
  const recallId = await playRecall(ctx, world, maker.story);
  await ctx.db
    .transaction()
    .execute((trx) => insertHistory(trx, makeDays(maker, maker.story.failDay - 2, 1)));
  await ctx.db.transaction().execute(linkInstruments);
  await finishRecall(ctx, recallId);
  await playToday(ctx);
}

/** Releases of the synthetic month share one page that says what they are; releases of today are signed one by one. */
function historyDocument(now: Date): Promise<Buffer> {
  return renderPrintDocument({
    title: '演示历史放行记录',
    issuer: '青禾县人民医院 消毒供应中心',
    strip: [{ label: '说明', value: '合成数据,未签名', strong: true }],
    sections: [
      {
        type: 'text',
        text: '本页代表演示县过去一个月的放行记录。演示历史为合成数据,未逐锅签名;当天起的放行记录均由放行人签名。',
      },
    ],
    createdAt: now,
  });
}

async function insertHistory(trx: Transaction, history: History): Promise<void> {
  const chunks = <T>(rows: T[]): T[][] =>
    Array.from({ length: Math.ceil(rows.length / 400) }, (_, index) =>
      rows.slice(index * 400, index * 400 + 400),
    );
  for (const rows of chunks(history.tests)) await trx.insertInto('cssdMachineTest').values(rows).execute();
  for (const rows of chunks(history.checks)) await trx.insertInto('cssdDailyCheck').values(rows).execute();
  for (const rows of chunks(history.washes)) await trx.insertInto('cssdWashLoad').values(rows).execute();
  // A load is released after its packs and records stand, as at work.
  for (const rows of chunks(history.loads))
    await trx
      .insertInto('cssdLoad')
      .values(rows.map((row) => ({ ...row, state: 'ended' })))
      .execute();
  for (const rows of chunks(history.cycles)) await trx.insertInto('cssdCycle').values(rows).execute();
  for (const rows of chunks(history.indicators)) await trx.insertInto('cssdIndicator').values(rows).execute();
  for (const rows of chunks(history.releases)) await trx.insertInto('cssdRelease').values(rows).execute();
  const loadIds = history.loads.flatMap((row) => (typeof row.id === 'string' ? [row.id] : []));
  if (loadIds.length > 0)
    await trx.updateTable('cssdLoad').set({ state: 'released' }).where('id', 'in', loadIds).execute();
  for (const rows of chunks(history.packs)) await trx.insertInto('cssdPack').values(rows).execute();
  for (const rows of chunks(history.washPacks))
    await trx.insertInto('cssdWashLoadPack').values(rows).execute();
  for (const rows of chunks(history.counts)) await trx.insertInto('cssdCount').values(rows).execute();
  for (const rows of chunks(history.transfers)) await trx.insertInto('cssdTransfer').values(rows).execute();
  for (const rows of chunks(history.transferPacks))
    await trx.insertInto('cssdTransferPack').values(rows).execute();
  for (const rows of chunks(history.uses)) await trx.insertInto('cssdUse').values(rows).execute();
  for (const rows of chunks(history.events)) await trx.insertInto('cssdPackEvent').values(rows).execute();
}
