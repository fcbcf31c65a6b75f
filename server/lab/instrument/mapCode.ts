import { requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { invalid, notFound } from '../../core/errors.ts';
import { sameUnit } from '../rules/units.ts';
import { applyAgain } from './applyAgain.ts';

export interface MappingInput {
  instrumentCode: string;
  testCode: string;
  fromUnit?: string | undefined;
  factor?: number | undefined;
  /** Values without a unit are in `fromUnit`. */
  unitAssumed?: boolean | undefined;
}

/**
 * A person maps an analyzer's code to a test, with the rule that converts its unit where it differs; every value that
 * waited for it is taken as if it came now. Mapping again replaces; results converted before keep their factor.
 */
export async function mapInstrumentCode(
  ctx: Context,
  actor: Actor,
  instrumentId: string,
  input: MappingInput,
): Promise<{ applied: number; open: number }> {
  const done = await ctx.db.transaction().execute(async (trx) => {
    await mayMap(trx, actor, instrumentId);
    const values = {
      testCode: input.testCode,
      ...(await checkRule(trx, input)),
      mappedBy: actor.id,
      mappedAt: ctx.clock.now(),
    };
    const before = await trx
      .selectFrom('labInstrumentTest')
      .select(['testCode', 'fromUnit', 'factor', 'unitAssumed'])
      .where('instrumentId', '=', instrumentId)
      .where('instrumentCode', '=', input.instrumentCode)
      .forUpdate()
      .executeTakeFirst();
    await trx
      .insertInto('labInstrumentTest')
      .values({ instrumentId, instrumentCode: input.instrumentCode, ...values })
      .onConflict((oc) => oc.columns(['instrumentId', 'instrumentCode']).doUpdateSet(values))
      .execute();
    await recordAudit(trx, actor, {
      action: 'instrument.map',
      subjectType: 'instrument',
      subjectId: instrumentId,
      detail: { ...input, ...(before && { before }) },
    });
    const waiting = await trx
      .selectFrom('labInstrumentResult')
      .selectAll()
      .where('instrumentId', '=', instrumentId)
      .where('instrumentCode', '=', input.instrumentCode)
      .where('state', 'in', ['unknown-code', 'held'])
      .orderBy('id')
      .limit(2000)
      .forUpdate()
      .execute();
    return applyAgain(ctx, trx, actor, instrumentId, waiting);
  });
  ctx.bell.ring();
  return done;
}

/** A mapping with its conversion rule ends: values that come later wait as an unknown code. Results stay as they are. */
export async function unmapInstrumentCode(
  ctx: Context,
  actor: Actor,
  instrumentId: string,
  input: { instrumentCode: string; reason: string },
): Promise<void> {
  await ctx.db.transaction().execute(async (trx) => {
    await mayMap(trx, actor, instrumentId);
    const removed = await trx
      .deleteFrom('labInstrumentTest')
      .where('instrumentId', '=', instrumentId)
      .where('instrumentCode', '=', input.instrumentCode)
      .returning(['testCode', 'fromUnit', 'factor', 'unitAssumed'])
      .executeTakeFirst();
    if (!removed) throw notFound('mapping', input.instrumentCode);
    await recordAudit(trx, actor, {
      action: 'instrument.unmap',
      subjectType: 'instrument',
      subjectId: instrumentId,
      detail: { ...input, before: removed },
    });
  });
}

async function mayMap(trx: Transaction, actor: Actor, instrumentId: string): Promise<void> {
  const instrument = await trx
    .selectFrom('labInstrument')
    .select('institutionId')
    .where('id', '=', instrumentId)
    .executeTakeFirst();
  if (!instrument) throw notFound('instrument', instrumentId);
  requirePermission(actor, 'bench.work', { centerKind: 'lab', institutionId: instrument.institutionId });
}

/** Test and rule fit together: the unit differs from the test's, and its factor is a number above zero. */
async function checkRule(trx: Transaction, input: MappingInput) {
  const test = await trx
    .selectFrom('labTest')
    .select('unit')
    .where('code', '=', input.testCode)
    .executeTakeFirst();
  if (!test)
    throw invalid(`test ${input.testCode} is not in the catalogue`, [
      {
        path: 'testCode',
        code: 'unknown-test',
        params: { test: input.testCode },
      },
    ]);
  const fromUnit = input.fromUnit?.trim() || null;
  const refuse = (path: string, detail: string, code: string) =>
    invalid(detail, [{ path, code, params: { unit: fromUnit ?? '', expected: test.unit ?? '' } }]);
  if (fromUnit === null) {
    if (input.factor !== undefined || input.unitAssumed)
      throw refuse('fromUnit', 'the rule names the unit of the analyzer', 'rule-without-unit');
    return { fromUnit, factor: 1, unitAssumed: false };
  }
  if (test.unit === null) throw refuse('fromUnit', 'the test has no unit', 'test-without-unit');
  if (sameUnit(fromUnit, test.unit)) throw refuse('fromUnit', 'the unit is that of the test', 'same-unit');
  if (input.factor === undefined) throw refuse('factor', 'the factor is missing', 'rule-without-factor');
  return { fromUnit, factor: input.factor, unitAssumed: input.unitAssumed ?? false };
}
