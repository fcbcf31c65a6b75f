import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { brokenRules, DEFAULT_PLAN, judge, type QcPoint } from '../rules/westgard.ts';
import { TESTS } from './catalogueData.ts';
import type { Random } from './random.ts';

const DAYS = 30;

/** Two levels of control for every measured test, a run a morning for thirty days, with the odd warning and one drift. */
export async function seedQuality(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  random: Random,
  signer?: string,
): Promise<void> {
  const now = ctx.clock.now();
  const expires = new Date(now.getTime() + 300 * 86_400_000).toISOString().slice(0, 10);
  const materials = await trx
    .insertInto('labQcMaterial')
    .values(
      [1, 2].map((level) => ({
        name: '多项质控(合成)',
        manufacturer: '演示',
        level,
        lot: `QC26${level}1`,
        barcode: `QC-LEVEL-${level}`,
        expiresOn: expires,
      })),
    )
    .returning(['id', 'level'])
    .execute();
  const mapped = await trx.selectFrom('labInstrumentTest').select(['instrumentId', 'testCode']).execute();
  for (const { instrumentId, testCode } of mapped) {
    const test = TESTS.find((one) => one.code === testCode);
    if (!test?.typical) continue;
    const histories: QcPoint[] = [];
    const targets = [];
    for (const material of materials) {
      const mean = test.typical[0] * (material.level === 1 ? 1 : 1.9);
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
        })
        .returning(['id', 'mean', 'sd'])
        .executeTakeFirstOrThrow();
      targets.push({ ...target, level: material.level });
    }
    const runs = [];
    for (let day = DAYS; day >= 0; day--) {
      const at = new Date(now.getTime() - day * 86_400_000 - 90 * 60_000);
      for (const target of targets) {
        const drift = testCode === 'GLU' && day > 3 && day < 9 ? 0.9 : 0;
        const z = day === 0 ? random.normal(0, 0.6) : random.normal(drift, 0.85);
        const broken = brokenRules(histories, { z, level: target.level, at });
        const verdict = day === 0 ? ('in-control' as const) : judge(broken, DEFAULT_PLAN);
        const rejected = verdict === 'rejected';
        if (!rejected) histories.push({ z, level: target.level, at });
        runs.push({
          targetId: target.id,
          at,
          value: round((target.mean ?? 0) + z * (target.sd ?? 1), test.decimals + 2),
          mean: target.mean,
          sd: target.sd,
          z: round(z, 3),
          verdict,
          violations: day === 0 ? [] : broken.filter((rule) => DEFAULT_PLAN[rule] !== 'off'),
          source: 'demo',
          operatorName: '检验科(合成)',
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
        if (rejected) {
          // Recalibrated and run again the same morning.
          const again = random.normal(0, 0.5);
          const later = new Date(at.getTime() + 25 * 60_000);
          histories.push({ z: again, level: target.level, at: later });
          runs.push({
            targetId: target.id,
            at: later,
            value: round((target.mean ?? 0) + again * (target.sd ?? 1), test.decimals + 2),
            mean: target.mean,
            sd: target.sd,
            z: round(again, 3),
            verdict: 'in-control' as const,
            violations: [],
            source: 'demo',
            operatorName: '检验科(合成)',
            excluded: false,
          });
        }
      }
    }
    await trx.insertInto('labQcRun').values(runs).execute();
  }
  await seedEvents(trx, now);
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
        { instrumentId: id, at: ago(8), kind: 'maintenance', note: '周保养' },
      ]),
    )
    .execute();
}

export const round = (value: number, digits: number): number => Number(value.toFixed(Math.max(0, digits)));
