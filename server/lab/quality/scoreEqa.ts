import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { invalid } from '../../core/errors.ts';
import { cellKey, requireCells } from './eqaCells.ts';
import { lockRound } from './lockRound.ts';
import { passedTests } from './listEqa.ts';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
export const eqaScoreInput = z.object({
  scores: z
    .array(
      z.object({
        sample: z.string().max(20),
        testCode: z.string().max(24),
        target: z.number().optional(),
        allowedPercent: z.number().positive().optional(),
        /** The organizer's word; absent = judged by target and allowed deviation. */
        acceptable: z.boolean().optional(),
      }),
    )
    .min(1)
    .max(1200),
  validFrom: day,
  validTo: day,
});

/** Takes the organizer's scores, one for every sample and test, and gives the result by test; a pass feeds recognition with its range and dates. */
export async function scoreEqa(
  ctx: Context,
  actor: Actor,
  roundId: string,
  input: z.output<typeof eqaScoreInput>,
) {
  requirePermission(actor, 'policy.edit', { centerKind: 'lab' });
  return ctx.db.transaction().execute(async (trx) => {
    const round = await lockRound(trx, roundId, 'submitted');
    if (input.validTo < input.validFrom)
      throw invalid('the validity ends before it begins', [{ path: 'validTo', code: 'period' }]);
    await requireCells(trx, roundId, 'scores', input.scores);
    const values = await trx
      .selectFrom('labEqaResult')
      .select(['sample', 'testCode', 'value'])
      .where('roundId', '=', roundId)
      .orderBy('testCode')
      .orderBy('sample')
      .execute();
    requireEveryScore(values, input.scores);
    for (const one of input.scores)
      await trx
        .updateTable('labEqaResult')
        .set({
          target: one.target ?? null,
          allowedPercent: one.allowedPercent ?? null,
          acceptable:
            one.acceptable ??
            isAcceptable(
              values.find((row) => row.sample === one.sample && row.testCode === one.testCode)?.value ?? null,
              one,
            ),
        })
        .where('roundId', '=', roundId)
        .where('sample', '=', one.sample)
        .where('testCode', '=', one.testCode)
        .execute();
    await trx
      .updateTable('labEqaRound')
      .set({ state: 'scored', validFrom: input.validFrom, validTo: input.validTo })
      .where('id', '=', roundId)
      .execute();
    await recordAudit(trx, actor, { action: 'eqa.score', subjectType: 'eqa-round', subjectId: roundId });
    const tests = await passedTests(trx, roundId);
    const evidence = await giveEvidence(trx, round, input, tests);
    return { tests, evidence };
  });
}

/** A test must not pass on the samples that happened to be scored: each needs the organizer's word or a target with its allowed deviation. */
function requireEveryScore(
  cells: { sample: string; testCode: string }[],
  scores: z.output<typeof eqaScoreInput>['scores'],
): void {
  const scored = new Set(
    scores
      .filter(
        (one) =>
          one.acceptable !== undefined || (one.target !== undefined && one.allowedPercent !== undefined),
      )
      .map(cellKey),
  );
  const missing = cells.filter((cell) => !scored.has(cellKey(cell))).map(cellKey);
  if (missing.length > 0)
    throw invalid(`not scored: ${missing.join(', ')}`, [
      {
        path: 'scores',
        code: 'missing-score',
        params: { cells: missing.slice(0, 10).join(', '), n: missing.length },
      },
    ]);
}

/** Whether a value lies within the allowed deviation of its target; a missing or unreadable one does not. */
function isAcceptable(
  value: string | null,
  score: { target?: number | undefined; allowedPercent?: number | undefined },
): boolean {
  const number = value === null || value.trim() === '' ? NaN : Number(value);
  if (score.target === undefined || score.allowedPercent === undefined || !Number.isFinite(number))
    return false;
  return Math.abs(number - score.target) <= (Math.abs(score.target) * score.allowedPercent) / 100 + 1e-9;
}

const RANGES: Record<string, string> = {
  national: 'nation',
  region: 'region',
  province: 'province',
  city: 'city',
  county: 'county',
};

/** A pass feeds recognition: every panel whose measured tests all passed gets evidence with range and dates. */
async function giveEvidence(
  trx: Transaction,
  round: { id: string; institutionId: string; range: string; organizer: string },
  dates: { validFrom: string; validTo: string },
  tests: { testCode: string; passed: boolean }[],
): Promise<string[]> {
  const passed = new Set(tests.filter((test) => test.passed).map((test) => test.testCode));
  const rows = await trx
    .selectFrom('labPanelTest as p')
    .innerJoin('labTest as t', 't.code', 'p.testCode')
    .select(['p.panelCode', 'p.testCode'])
    .where('t.resultKind', '<>', 'calculated')
    .execute();
  const items = [...Map.groupBy(rows, (row) => row.panelCode)]
    .filter(([, list]) => list.every((row) => passed.has(row.testCode)))
    .map(([panelCode]) => panelCode);
  if (items.length > 0)
    await trx
      .insertInto('qualityEvidence')
      .values(
        items.map((itemCode) => ({
          institutionId: round.institutionId,
          centerKind: 'lab' as const,
          itemCode,
          recognitionRange: RANGES[round.range] ?? 'county',
          evaluator: round.organizer,
          validFrom: dates.validFrom,
          validTo: dates.validTo,
          source: 'eqa',
          sourceId: round.id,
        })),
      )
      .execute();
  return items;
}
