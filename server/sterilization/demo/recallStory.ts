import { sql } from 'kysely';
import type { Context } from '../../core/context.ts';
import { recordCycle } from '../machine/recordCycle.ts';
import { recordTrial, returnMachine } from '../machine/returnMachine.ts';
import { startLoad } from '../machine/startLoad.ts';
import { closeRecall } from '../recall/closeRecall.ts';
import { resolveRecallItem } from '../recall/recallActs.ts';
import { recordIndicator } from '../release/recordIndicator.ts';
import { moment, type Story } from './historyMaker.ts';
import { at, demoActor, type World } from './world.ts';

const PIN = '246810';

/**
 * The month's failed indicator, by the hub's own acts with the clock of that day: read as failed, machine blocked,
 * packs recalled, sites confirm, packs are accounted for, three empty runs, machine back. Returns the recall's id.
 */
export async function playRecall(ctx: Context, world: World, { failDay, backDay }: Story): Promise<string> {
  const now = ctx.clock.now();
  const cssd1 = await demoActor(ctx, 'cssd1');
  const cssd2 = await demoActor(ctx, 'cssd2');
  const failed = moment(now, failDay - 1, 16);
  const pending = await ctx.db
    .selectFrom('cssdIndicator')
    .innerJoin('cssdLoad', 'cssdLoad.id', 'cssdIndicator.loadId')
    .select('cssdIndicator.loadId')
    .where('cssdLoad.machineId', '=', world.machines.get('S2') ?? '')
    .where('cssdIndicator.kind', '=', 'biological')
    .where('cssdIndicator.outcome', '=', 'pending')
    .executeTakeFirstOrThrow();
  const read = await recordIndicator(at(ctx, failed), cssd1, {
    loadId: pending.loadId,
    kind: 'biological',
    outcome: 'fail',
    control: 'growth',
    note: '48 h 培养阳性',
  });
  const recallId = read.recall?.id;
  if (!recallId) throw new Error('the failed indicator of the demo recalled nothing');
  for (const [index, site] of world.sites.entries())
    await ctx.db
      .updateTable('cssdRecallNotice')
      .set({
        acknowledgedAt: new Date(failed.getTime() + (2 + (index % 4)) * 60_000),
        acknowledgedBy: site.nurse,
      })
      .where('recallId', '=', recallId)
      .where('institutionId', '=', site.id)
      .execute();
  await ctx.db
    .updateTable('cssdRecallNotice')
    .set({ acknowledgedAt: new Date(failed.getTime() + 60_000), acknowledgedBy: cssd1.id })
    .where('recallId', '=', recallId)
    .where('acknowledgedAt', 'is', null)
    .execute();
  const { rows: codes } = await sql<{
    code: string;
  }>`select p.code from cssd_recall_item i join cssd_pack p on p.id = i.pack_id where i.recall_id = ${recallId} order by p.code`.execute(
    ctx.db,
  );
  for (const [index, { code }] of codes.entries())
    await resolveRecallItem(at(ctx, new Date(failed.getTime() + (120 + index * 9) * 60_000)), cssd1, {
      recallId,
      code,
      outcome: index === 1 ? 'destroyed' : 'reprocessed',
      visit: '',
      note: '',
    });

  for (const hour of [9, 11, 13]) {
    const then = at(ctx, moment(now, failDay - 2, hour));
    const load = await startLoad(then, cssd1, {
      machine: 'S2',
      programme: 'QUAL',
      codes: [],
      biologicalLot: `BIV-${hour}`,
      class5Lot: 'C5-11',
    });
    await recordCycle(at(ctx, moment(now, failDay - 2, hour, 46)), cssd1, {
      loadId: load.id,
      parameters: { holdS: 300, minTemperatureC: 134.3, maxTemperatureC: 135.5, verdict: 'pass' },
    });
    const later = at(ctx, moment(now, backDay, 7, hour));
    await recordIndicator(later, cssd1, { loadId: load.id, kind: 'class-5', outcome: 'pass', note: '' });
    await recordIndicator(later, cssd1, {
      loadId: load.id,
      kind: 'biological',
      outcome: 'pass',
      control: 'growth',
      note: '',
    });
    await recordTrial(later, cssd1, { machine: 'S2', loadId: load.id });
  }
  await returnMachine(at(ctx, moment(now, backDay, 8)), cssd2, { machine: 'S2' });
  return recallId;
}

/** The written report, signed today: a signature bears the day it is made. */
export async function finishRecall(ctx: Context, recallId: string): Promise<void> {
  await closeRecall(ctx, await demoActor(ctx, 'cssd2'), {
    recallId,
    pin: PIN,
    conclusion:
      '2 号灭菌器排水疏水阀卡滞,腔体冷凝水排出不畅,导致生物监测不合格。已更换疏水阀,空载连续三次物理、化学、生物监测合格后恢复使用;召回物品全部找到并处置,已使用物品的患者由使用机构随访 7 天,未见异常。',
  });
}
