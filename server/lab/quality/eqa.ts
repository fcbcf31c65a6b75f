import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Queryable, Transaction } from '../../core/database.ts';
import { isUniqueViolation } from '../../core/database.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { loadTests } from '../queries.ts';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
export const eqaRoundInput = z.object({
  organizer: z.string().trim().min(1).max(120),
  scheme: z.string().trim().min(1).max(120),
  name: z.string().trim().min(1).max(120),
  range: z.enum(['national', 'region', 'province', 'city', 'county']),
  dueAt: z.iso.datetime({ offset: true }),
  samples: z.array(z.string().min(1).max(20)).min(1).max(20),
  testCodes: z.array(z.string().max(24)).min(1).max(60),
});

/** Opens a round of 室间质评: which samples, which tests, until when. */
export async function openEqaRound(ctx: Context, actor: Actor, input: z.output<typeof eqaRoundInput>) {
  requirePermission(actor, 'policy.edit', { centerKind: 'lab' });
  const institutionId = actor.institutionId;
  if (!institutionId) throw notFound('institution');
  const codes = [...new Set(input.testCodes)];
  const known = await loadTests(ctx.db, codes);
  const unknown = codes.filter((code) => !known.has(code));
  if (unknown.length > 0)
    throw invalid(`not in the catalogue: ${unknown.join(', ')}`, [
      { path: 'testCodes', message: `目录中没有 ${unknown.join('、')}`, code: 'unknown-test' },
    ]);
  return insertRound(ctx, actor, institutionId, { ...input, testCodes: codes });
}

async function insertRound(
  ctx: Context,
  actor: Actor,
  institutionId: string,
  input: z.output<typeof eqaRoundInput>,
) {
  const work = ctx.db.transaction().execute(async (trx) => {
    const round = await trx
      .insertInto('labEqaRound')
      .values({
        organizer: input.organizer,
        scheme: input.scheme,
        name: input.name,
        range: input.range,
        institutionId,
        dueAt: new Date(input.dueAt),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('labEqaResult')
      .values(
        [...new Set(input.samples)].flatMap((sample) =>
          input.testCodes.map((testCode) => ({ roundId: round.id, sample, testCode })),
        ),
      )
      .execute();
    await recordAudit(trx, actor, { action: 'eqa.open', subjectType: 'eqa-round', subjectId: round.id });
    return round;
  });
  return work.catch((error: unknown) => {
    if (!isUniqueViolation(error)) throw error;
    throw conflict('duplicate-round', `轮次“${input.scheme} ${input.name}”已存在`);
  });
}

export const eqaResultsInput = z.object({
  results: z
    .array(z.object({ sample: z.string().max(20), testCode: z.string().max(24), value: z.string().max(60) }))
    .max(1200),
  submit: z.boolean().default(false),
});

/** Values measured on the samples; submitting closes the entry. */
export async function enterEqa(
  ctx: Context,
  actor: Actor,
  roundId: string,
  input: z.output<typeof eqaResultsInput>,
) {
  requirePermission(actor, 'bench.work', { centerKind: 'lab' });
  return ctx.db.transaction().execute(async (trx) => {
    const round = await trx
      .selectFrom('labEqaRound')
      .selectAll()
      .where('id', '=', roundId)
      .forUpdate()
      .executeTakeFirst();
    if (!round) throw notFound('EQA round', roundId);
    if (round.state !== 'open') throw conflict('wrong-status', `the round is ${round.state}`);
    for (const one of input.results)
      await trx
        .updateTable('labEqaResult')
        .set({ value: one.value, enteredBy: actor.id, enteredAt: ctx.clock.now() })
        .where('roundId', '=', roundId)
        .where('sample', '=', one.sample)
        .where('testCode', '=', one.testCode)
        .execute();
    if (input.submit)
      await trx
        .updateTable('labEqaRound')
        .set({ state: 'submitted', submittedAt: ctx.clock.now(), submittedBy: actor.id })
        .where('id', '=', roundId)
        .execute();
    await recordAudit(trx, actor, {
      action: input.submit ? 'eqa.submit' : 'eqa.enter',
      subjectType: 'eqa-round',
      subjectId: roundId,
    });
    return { state: input.submit ? 'submitted' : 'open' };
  });
}

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

/** A test passes a round with at least 80 % of its samples acceptable; the pass feeds recognition with range and dates. */
export const PASS_SHARE = 0.8;

/** Takes the organizer's scores and gives the result by test. */
export async function scoreEqa(
  ctx: Context,
  actor: Actor,
  roundId: string,
  input: z.output<typeof eqaScoreInput>,
) {
  requirePermission(actor, 'policy.edit', { centerKind: 'lab' });
  return ctx.db.transaction().execute(async (trx) => {
    const round = await trx
      .selectFrom('labEqaRound')
      .selectAll()
      .where('id', '=', roundId)
      .forUpdate()
      .executeTakeFirst();
    if (!round) throw notFound('EQA round', roundId);
    if (round.state !== 'submitted') throw conflict('wrong-status', `the round is ${round.state}`);
    if (input.validTo < input.validFrom)
      throw invalid('the validity ends before it begins', [
        { path: 'validTo', message: '有效期止应不早于起', code: 'range' },
      ]);
    const values = await trx
      .selectFrom('labEqaResult')
      .select(['sample', 'testCode', 'value'])
      .where('roundId', '=', roundId)
      .execute();
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

/** Result of a round by test. */
export async function passedTests(db: Queryable, roundId: string) {
  const rows = await db
    .selectFrom('labEqaResult')
    .select(['testCode', 'acceptable'])
    .where('roundId', '=', roundId)
    .execute();
  const byTest = Map.groupBy(rows, (row) => row.testCode);
  return [...byTest].map(([testCode, list]) => {
    const scored = list.filter((row) => row.acceptable !== null);
    const score = scored.length === 0 ? null : scored.filter((row) => row.acceptable).length / scored.length;
    return { testCode, samples: list.length, score, passed: score !== null && score >= PASS_SHARE };
  });
}

/** Rounds with their results, newest first. */
export async function listEqa(db: Queryable) {
  const rounds = await db.selectFrom('labEqaRound').selectAll().orderBy('dueAt', 'desc').limit(100).execute();
  const items = [];
  for (const round of rounds)
    items.push({
      ...round,
      tests: await passedTests(db, round.id),
      results: await db
        .selectFrom('labEqaResult')
        .select(['sample', 'testCode', 'value', 'target', 'allowedPercent', 'acceptable'])
        .where('roundId', '=', round.id)
        .orderBy('testCode')
        .orderBy('sample')
        .execute(),
    });
  return { items, nextCursor: null };
}
