import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { brokenRules, DEFAULT_PLAN, judge, type QcPoint } from '../rules/westgard.ts';
import { TESTS } from './catalogueData.ts';
import type { Random } from './random.ts';

const DAYS = 30;

/** The lots of the demo: the first ran out three weeks ago (before the oldest case), the second beside it for its last days. */
const LOTS = [
  { number: 1, from: DAYS, to: 22, factor: 1, active: false },
  { number: 2, from: 25, to: 0, factor: 1.04, active: true },
] as const;

/**
 * Two levels of control for every measured test, a run a morning for thirty days, with the odd warning, one drift and
 * one change of lots.
 */
export async function seedQuality(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  random: Random,
  signer?: string,
): Promise<void> {
  const now = ctx.clock.now();
  const mapped = await trx.selectFrom('labInstrumentTest').select(['instrumentId', 'testCode']).execute();
  for (const lot of LOTS) {
    const expires = new Date(now.getTime() + (lot.active ? 300 : 20) * 86_400_000);
    const materials = await trx
      .insertInto('labQcMaterial')
      .values(
        [1, 2].map((level) => ({
          name: '多项质控(合成)',
          manufacturer: '演示',
          level,
          lot: `QC26${level}${lot.number}`,
          barcode: lot.active ? `QC-LEVEL-${level}` : null,
          expiresOn: expires.toISOString().slice(0, 10),
          active: lot.active,
        })),
      )
      .returning(['id', 'level'])
      .execute();
    for (const { instrumentId, testCode } of mapped) {
      const test = TESTS.find((one) => one.code === testCode);
      if (!test?.typical) continue;
      const targets = [];
      for (const material of materials) {
        const mean = test.typical[0] * (material.level === 1 ? 1 : 1.9) * lot.factor;
        const sd = (mean * (test.cv ?? 4)) / 250;
        const target = await trx
          .insertInto('labQcTarget')
          .values({
            materialId: material.id,
            testCode,
            instrumentId,
            mode: 'fixed',
            mean: round(mean, test.decimals + 2),
            sd: round(sd, test.decimals + 4) || 0.0001,
            active: lot.active,
          })
          .returning(['id', 'mean', 'sd'])
          .executeTakeFirstOrThrow();
        targets.push({ ...target, level: material.level });
      }
      await trx
        .insertInto('labQcRun')
        .values(controlRuns({ test, targets, lot, now, random, signer }))
        .execute();
    }
  }
  await seedEvents(trx, now);
}

/** The runs of one lot on an analyzer and test: a morning each level, one more after what was out of control. */
function controlRuns(input: {
  test: (typeof TESTS)[number];
  targets: readonly { id: string; level: number; mean: number | null; sd: number | null }[];
  lot: (typeof LOTS)[number];
  now: Date;
  random: Random;
  signer: string | undefined;
}) {
  const { test, targets, lot, now, random, signer } = input;
  const history: QcPoint[] = [];
  const runs = [];
  for (let day: number = lot.from; day >= lot.to; day--) {
    const at = new Date(now.getTime() - day * 86_400_000 - (90 - lot.number * 5) * 60_000);
    for (const target of targets) {
      const run = (z: number, when: Date) => ({
        targetId: target.id,
        at: when,
        value: round((target.mean ?? 0) + z * (target.sd ?? 1), test.decimals + 2),
        mean: target.mean,
        sd: target.sd,
        z: round(z, 3),
        source: 'demo',
        operatorName: '检验科(合成)',
      });
      const drift = test.code === 'GLU' && day > 3 && day < 9 ? 0.9 : 0;
      const z = day === 0 ? random.normal(0, 0.6) : random.normal(drift, 0.85);
      const broken = brokenRules(history, { z, level: target.level, at });
      const verdict = day === 0 ? ('in-control' as const) : judge(broken, DEFAULT_PLAN);
      const rejected = verdict === 'rejected';
      if (!rejected) history.push({ z, level: target.level, at });
      runs.push({
        ...run(z, at),
        verdict,
        violations: day === 0 ? [] : broken.filter((rule) => DEFAULT_PLAN[rule] !== 'off'),
        excluded: rejected,
        ...(rejected &&
          signer !== undefined && {
            action: '更换试剂并重新定标,复测在控',
            actionCause: '试剂开瓶时间过长',
            actionBy: signer,
            actionAt: new Date(at.getTime() + 40 * 60_000),
            affected: '[]',
          }),
      });
      if (!rejected) continue;
      // Recalibrated and run again the same morning.
      const again = random.normal(0, 0.5);
      const later = new Date(at.getTime() + 25 * 60_000);
      history.push({ z: again, level: target.level, at: later });
      runs.push({ ...run(again, later), verdict: 'in-control' as const, violations: [], excluded: false });
    }
  }
  return runs;
}

/** What happened to the analyzers meanwhile: marks of the chart. */
async function seedEvents(trx: Transaction, now: Date): Promise<void> {
  const instruments = await trx.selectFrom('labInstrument').select(['id', 'code']).execute();
  const ago = (days: number) => new Date(now.getTime() - days * 86_400_000);
  await trx
    .insertInto('labQcEvent')
    .values(
      instruments.flatMap(({ id, code }) => [
        { instrumentId: id, at: ago(22), kind: 'maintenance', note: '周保养' },
        { instrumentId: id, at: ago(12), kind: 'reagent-lot', note: `${code} R2611` },
        { instrumentId: id, at: ago(12), kind: 'calibration', note: '换批号后定标' },
        { instrumentId: id, at: ago(22), kind: 'control-lot', note: 'L1 QC2611 → QC2612' },
        { instrumentId: id, at: ago(22), kind: 'control-lot', note: 'L2 QC2621 → QC2622' },
        { instrumentId: id, at: ago(8), kind: 'maintenance', note: '周保养' },
      ]),
    )
    .execute();
}

export const round = (value: number, digits: number): number => Number(value.toFixed(Math.max(0, digits)));
