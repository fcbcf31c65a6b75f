import { machineActor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { enqueue } from '../../core/jobs/enqueue.ts';
import { recordQcRun } from '../quality/recordQcRun.ts';
import { receiveInstrumentResults, type InstrumentValue } from '../instrument/receiveInstrumentResults.ts';
import { TESTS } from './catalogueData.ts';
import { repeatable, type Random } from './random.ts';

/** A tube rests this long before the demo analyzer measures it, so that a person can be first. */
const REST_MINUTES = 12;
const QC_EVERY_HOURS = 20;

/**
 * The demo analyzers: every minute they measure what has stood accepted for a while, and run their controls when the
 * last are old. It goes the way of real values, through receiveInstrumentResults.
 */
export async function simulateAnalyzers(ctx: Context): Promise<void> {
  const demo = await ctx.db
    .selectFrom('setting')
    .select('key')
    .where('key', '=', 'lab.simulator')
    .executeTakeFirst();
  if (!demo) return;
  const random = repeatable(ctx.clock.now().getTime());
  const instruments = await ctx.db
    .selectFrom('labInstrument')
    .select(['id', 'name', 'institutionId', 'protocol'])
    .where('active', '=', true)
    .execute();
  for (const instrument of instruments) {
    const actor = machineActor(instrument.name, instrument.id, instrument.institutionId, ['bench.work']);
    await ctx.db.transaction().execute(async (trx) => {
      await runControls(ctx, trx, actor, instrument.id, random);
      const values = await valuesDue(ctx, trx, instrument.id, random);
      if (values.length > 0)
        await receiveInstrumentResults(ctx, trx, actor, instrument.id, values, {
          source: instrument.protocol === 'hl7' ? 'hl7' : 'astm',
        });
    });
  }
  await enqueue(ctx.db, { kind: 'lab.simulate', key: 'simulator', runAt: new Date(Date.now() + 60_000) });
  ctx.bell.ring();
}

async function valuesDue(
  ctx: Context,
  trx: Transaction,
  instrumentId: string,
  random: Random,
): Promise<InstrumentValue[]> {
  const now = ctx.clock.now();
  const rows = await trx
    .selectFrom('labOrderTest as o')
    .innerJoin('labContainer as c', 'c.id', 'o.containerId')
    .innerJoin('labInstrumentTest as m', 'm.testCode', 'o.testCode')
    .select(['c.barcode', 'm.instrumentCode', 'o.testCode'])
    .where('m.instrumentId', '=', instrumentId)
    .where('o.state', '=', 'received')
    .where('o.holdReason', 'is', null)
    .where('c.state', '=', 'accepted')
    .where('c.receivedAt', '<', new Date(now.getTime() - REST_MINUTES * 60_000))
    .orderBy('c.receivedAt')
    .limit(80)
    .execute();
  return rows.map((row) => ({
    specimenId: row.barcode,
    instrumentCode: row.instrumentCode,
    value: syntheticValue(row.testCode, random),
    unit: TESTS.find((test) => test.code === row.testCode)?.unit ?? undefined,
    abnormalFlag: undefined,
    status: 'F',
    operator: undefined,
    measuredAt: now,
    control: false,
    comments: [],
  }));
}

/** A plausible value: mostly inside the range, one in eight clearly outside, never critical by chance alone. */
export function syntheticValue(testCode: string, random: Random): string {
  const test = TESTS.find((one) => one.code === testCode);
  if (!test) return '';
  if (test.choices)
    return random.next() < 0.9
      ? (test.choices[0] ?? '')
      : (test.choices[Math.min(2, test.choices.length - 1)] ?? '');
  const [mean, sd] = test.typical ?? [1, 0.1];
  const value =
    random.next() < 0.125 ? mean + sd * (random.next() < 0.5 ? -2.6 : 2.8) : random.normal(mean, sd * 0.8);
  return Math.max(value, 10 ** -test.decimals).toFixed(test.decimals);
}

async function runControls(
  ctx: Context,
  trx: Transaction,
  actor: ReturnType<typeof machineActor>,
  instrumentId: string,
  random: Random,
): Promise<void> {
  const due = await trx
    .selectFrom('labQcTarget as t')
    .leftJoin('labQcRun as r', (join) =>
      join
        .onRef('r.targetId', '=', 't.id')
        .on('r.at', '>', new Date(ctx.clock.now().getTime() - QC_EVERY_HOURS * 3_600_000)),
    )
    .select(['t.id', 't.mean', 't.sd'])
    .where('t.instrumentId', '=', instrumentId)
    .where('t.active', '=', true)
    .where('r.id', 'is', null)
    .execute();
  for (const target of due)
    if (target.mean !== null && target.sd !== null)
      await recordQcRun(ctx, trx, actor, {
        targetId: target.id,
        value: target.mean + random.normal(0, 0.5) * target.sd,
        source: 'demo',
      });
}
