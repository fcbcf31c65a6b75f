import type { Queryable } from '../../core/database.ts';
import { totalRows, withTotal } from '../withTotal.ts';

/** A test passes a round with at least 80 % of its samples acceptable. */
const PASS_SHARE = 0.8;

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

/** Rounds with their results and the evidence that a pass gave, newest first. */
export async function listEqa(db: Queryable) {
  const rounds = await db
    .selectFrom('labEqaRound')
    .selectAll()
    .select(totalRows.as('total'))
    .orderBy('dueAt', 'desc')
    .limit(100)
    .execute();
  const items = [];
  for (const round of rounds)
    items.push({
      ...round,
      tests: await passedTests(db, round.id),
      results: await db
        .selectFrom('labEqaResult as r')
        .innerJoin('labTest as t', 't.code', 'r.testCode')
        .select([
          'r.sample',
          'r.testCode',
          't.name as testName',
          'r.value',
          'r.target',
          'r.allowedPercent',
          'r.acceptable',
        ])
        .where('r.roundId', '=', round.id)
        .orderBy('t.printOrder')
        .orderBy('r.testCode')
        .orderBy('r.sample')
        .execute(),
      evidence: await db
        .selectFrom('qualityEvidence as e')
        .innerJoin('catalogueItem as i', 'i.code', 'e.itemCode')
        .select(['e.itemCode', 'i.name', 'e.recognitionRange', 'e.validFrom', 'e.validTo', 'e.revokedAt'])
        .where('e.source', '=', 'eqa')
        .where('e.sourceId', '=', round.id)
        .execute(),
    });
  return withTotal(items);
}
