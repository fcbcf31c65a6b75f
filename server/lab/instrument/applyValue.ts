import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { DomainError } from '../../core/errors.ts';
import { loadTests } from '../queries.ts';
import { saveResult } from '../result/saveResult.ts';
import { applyControl, controlTarget } from './applyControl.ts';
import { convertUnit } from './convertUnit.ts';
import { why, whyRefused, type Fate } from './fate.ts';
import type { InstrumentValue } from './receiveInstrumentResults.ts';

/** Longer ones are no result of a test: kept, and held for a person. */
const LONGEST_VALUE = 2000;

/** Decides what becomes of one value. Used again when a person has mapped its code or found its tube. */
export async function applyValue(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  instrumentId: string,
  value: InstrumentValue,
  source: 'hl7' | 'astm',
): Promise<Fate> {
  if (value.value.length > LONGEST_VALUE)
    return {
      state: 'held',
      why: why('too-long', `the value has ${value.value.length} characters: kept, a person decides`, {
        length: value.value.length,
      }),
    };
  const rule = await trx
    .selectFrom('labInstrumentTest')
    .select(['testCode', 'fromUnit', 'factor', 'unitAssumed'])
    .where('instrumentId', '=', instrumentId)
    .where('instrumentCode', '=', value.instrumentCode)
    .executeTakeFirst();
  if (!rule)
    return {
      state: 'unknown-code',
      why: why('code-unmapped', `code ${value.instrumentCode} is not mapped to a test`, {
        code: value.instrumentCode,
      }),
    };
  const test = (await loadTests(trx, [rule.testCode])).get(rule.testCode);
  if (!test)
    return {
      state: 'unknown-code',
      why: why('not-in-catalogue', `test ${rule.testCode} is not in the catalogue`, { code: rule.testCode }),
    };
  const converted = convertUnit({ value: value.value, unit: value.unit }, rule, test.unit);
  if ('why' in converted) return { state: 'held', why: converted.why };
  const control = await controlTarget(trx, instrumentId, rule.testCode, value);
  if (control || value.control)
    return applyControl(ctx, trx, actor, control, { ...value, value: converted.value }, source);
  const container = value.specimenId
    ? await trx
        .selectFrom('labContainer')
        .selectAll()
        .where('barcode', '=', value.specimenId.toUpperCase())
        .executeTakeFirst()
    : undefined;
  if (!container)
    return {
      state: 'unmatched',
      why: value.specimenId
        ? why('no-tube', `no tube has the barcode ${value.specimenId}`, { barcode: value.specimenId })
        : why('no-specimen-id', 'the result names no specimen'),
    };
  if (container.state === 'rejected' || container.state === 'cancelled')
    return {
      state: 'held',
      why: why(`tube-${container.state}`, `tube ${container.barcode} is ${container.state}`, {
        barcode: container.barcode,
      }),
    };
  const order = await trx
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', container.orderId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  await sql`savepoint value`.execute(trx);
  try {
    const saved = await saveResult(ctx, trx, actor, order, test, {
      value: converted.value,
      conversion: converted.conversion,
      source,
      instrumentId,
      measuredAt: value.measuredAt,
      interference: interferenceOf(value),
      note: value.comments.join('; ') || undefined,
    });
    await sql`release savepoint value`.execute(trx);
    return { state: 'applied', resultId: saved.id, orderId: order.id, testCode: test.code };
  } catch (error) {
    if (!(error instanceof DomainError) || error.status >= 500) throw error;
    await sql`rollback to savepoint value`.execute(trx);
    return { state: 'held', why: whyRefused(error) };
  }
}

function interferenceOf(value: InstrumentValue): string | undefined {
  const found = value.comments.find((comment) =>
    /hemoly|icter|lipem|溶血|黄疸|脂血|turbid|interference/i.test(comment),
  );
  return found?.slice(0, 120);
}
