import type { Actor } from '../core/access/actor.ts';
import type { Context } from '../core/context.ts';
import type { Queryable, Transaction } from '../core/database.ts';
import { DomainError } from '../core/errors.ts';
import { sql } from 'kysely';
import { loadTests } from './queries.ts';
import { recordQcRun } from './quality/recordQcRun.ts';
import { autoverifyOrder } from './result/autoverify.ts';
import { calculateTests } from './result/calculateTests.ts';
import { saveResult } from './result/saveResult.ts';
import { parseValue } from './rules/flagResult.ts';
import { sameUnit } from './rules/units.ts';

/** One value as an analyzer sent it. */
export interface InstrumentValue {
  specimenId: string | undefined;
  instrumentCode: string;
  value: string;
  unit: string | undefined;
  abnormalFlag: string | undefined;
  status: string | undefined;
  operator: string | undefined;
  measuredAt: Date | undefined;
  control: boolean;
  comments: string[];
}

export interface InstrumentSummary {
  applied: number;
  controls: number;
  /** Values that wait for a person. */
  open: number;
  reasons: string[];
  orderIds: string[];
}

/** The analyzer that calls itself `sender`, preferably from this address. */
export async function findInstrument(
  db: Queryable,
  who: { protocol: 'hl7' | 'astm'; sender: string; address: string | null },
): Promise<
  | { id: string; charset: string; driver: string; settings: unknown; institutionId: string; code: string }
  | undefined
> {
  return db
    .selectFrom('labInstrument')
    .select(['id', 'charset', 'driver', 'settings', 'institutionId', 'code'])
    .where('protocol', '=', who.protocol)
    .where('sender', '=', who.sender)
    .where('active', '=', true)
    .where((eb) => eb.or([eb('address', 'is', null), eb('address', '=', who.address)]))
    .orderBy('address', (ob) => ob.asc().nullsLast())
    .limit(1)
    .executeTakeFirst();
}

interface Fate {
  state: 'applied' | 'control' | 'unmatched' | 'unknown-code' | 'held' | 'ignored';
  reason?: string;
  resultId?: string;
  orderId?: string;
  testCode?: string;
}

/**
 * Takes the values of one transmission. Every value is kept as it was said; those that fit an accepted tube become
 * results, controls go to quality control, the rest waits with its reason: unknown code, no such tube, tube rejected
 * or not received, already verified, unit without a rule.
 */
export async function receiveInstrumentResults(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  instrumentId: string,
  values: readonly InstrumentValue[],
  from: { source: 'hl7' | 'astm'; messageId?: number | undefined },
): Promise<InstrumentSummary> {
  await trx
    .updateTable('labInstrument')
    .set({ lastSeenAt: ctx.clock.now() })
    .where('id', '=', instrumentId)
    .execute();
  const summary: InstrumentSummary = { applied: 0, controls: 0, open: 0, reasons: [], orderIds: [] };
  const changed = new Map<string, string[]>();
  for (const value of values) {
    const kept = await trx
      .insertInto('labInstrumentResult')
      .values({
        instrumentId,
        messageId: from.messageId ?? null,
        specimenId: value.specimenId ?? null,
        instrumentCode: value.instrumentCode,
        value: value.value,
        unit: value.unit ?? null,
        abnormalFlag: value.abnormalFlag ?? null,
        resultStatus: value.status ?? null,
        operator: value.operator ?? null,
        comment: value.comments.join('; ') || null,
        measuredAt: value.measuredAt ?? null,
        control: value.control,
        state: 'ignored',
      })
      .onConflict((oc) => oc.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!kept) continue;
    const fate = await applyValue(ctx, trx, actor, instrumentId, value, from.source);
    await trx
      .updateTable('labInstrumentResult')
      .set({ state: fate.state, reason: fate.reason ?? null, resultId: fate.resultId ?? null })
      .where('id', '=', kept.id)
      .execute();
    if (fate.state === 'applied') summary.applied++;
    if (fate.state === 'control') summary.controls++;
    if (fate.orderId && fate.testCode && fate.state === 'applied')
      changed.set(fate.orderId, [...(changed.get(fate.orderId) ?? []), fate.testCode]);
    if (['unmatched', 'unknown-code', 'held'].includes(fate.state)) {
      summary.open++;
      summary.reasons.push(
        `${value.specimenId ?? '-'} ${value.instrumentCode}: ${fate.reason ?? fate.state}`,
      );
      await queueOpen(trx, instrumentId, kept.id, value, fate);
    }
  }
  for (const [orderId, codes] of changed) {
    const order = await trx
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', orderId)
      .executeTakeFirstOrThrow();
    await calculateTests(ctx, trx, actor, order, codes);
    await autoverifyOrder(ctx, trx, orderId);
  }
  summary.orderIds = [...changed.keys()];
  return summary;
}

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
    return { state: 'held', reason: `结果值过长(${value.value.length} 字符),原文已保留,请人工处理` };
  const rule = await trx
    .selectFrom('labInstrumentTest')
    .select(['testCode', 'fromUnit', 'factor'])
    .where('instrumentId', '=', instrumentId)
    .where('instrumentCode', '=', value.instrumentCode)
    .executeTakeFirst();
  if (!rule) return { state: 'unknown-code', reason: `代码 ${value.instrumentCode} 未对照` };
  const test = (await loadTests(trx, [rule.testCode])).get(rule.testCode);
  if (!test) return { state: 'unknown-code', reason: `项目 ${rule.testCode} 不在目录中` };
  const converted = convert(value, rule, test.unit);
  if ('fault' in converted) return { state: 'held', reason: converted.fault };
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
      reason: value.specimenId ? `没有条码为 ${value.specimenId} 的标本` : '结果未带标本号',
    };
  if (container.state === 'rejected') return { state: 'held', reason: '标本已拒收' };
  if (container.state === 'cancelled') return { state: 'held', reason: '申请已撤销' };
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
    return { state: 'held', reason: error.message };
  }
}

/** A unit is changed only by the rule of this analyzer; another unit than expected is held. */
function convert(
  value: InstrumentValue,
  rule: { fromUnit: string | null; factor: number },
  unit: string | null,
): { value: string } | { fault: string } {
  const parsed = parseValue(value.value);
  if (rule.fromUnit && value.unit && sameUnit(value.unit, rule.fromUnit)) {
    if (!parsed || parsed.number === null) return { value: value.value };
    return { value: `${parsed.comparator ?? ''}${Number((parsed.number * rule.factor).toPrecision(12))}` };
  }
  if (value.unit && unit && !sameUnit(value.unit, unit))
    return { fault: `单位 ${value.unit} 与目录单位 ${unit} 不同,且无换算规则` };
  return { value: value.value };
}

async function controlTarget(
  trx: Transaction,
  instrumentId: string,
  testCode: string,
  value: InstrumentValue,
): Promise<string | undefined> {
  if (!value.specimenId) return undefined;
  const row = await trx
    .selectFrom('labQcTarget as t')
    .innerJoin('labQcMaterial as m', 'm.id', 't.materialId')
    .select('t.id')
    .where('t.instrumentId', '=', instrumentId)
    .where('t.testCode', '=', testCode)
    .where('t.active', '=', true)
    .where((eb) =>
      eb.or([eb('m.barcode', '=', value.specimenId ?? ''), eb('m.lot', '=', value.specimenId ?? '')]),
    )
    .executeTakeFirst();
  return row?.id;
}

async function applyControl(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  targetId: string | undefined,
  value: InstrumentValue,
  source: 'hl7' | 'astm',
): Promise<Fate> {
  const parsed = parseValue(value.value);
  if (!targetId) return { state: 'unmatched', reason: `没有质控品 ${value.specimenId ?? ''} 的靶值` };
  if (!parsed || parsed.number === null) return { state: 'held', reason: `质控值“${value.value}”不是数值` };
  try {
    await recordQcRun(ctx, trx, actor, { targetId, value: parsed.number, at: value.measuredAt, source });
    return { state: 'control' };
  } catch (error) {
    if (error instanceof DomainError && error.status < 500) return { state: 'held', reason: error.message };
    throw error;
  }
}

function interferenceOf(value: InstrumentValue): string | undefined {
  const found = value.comments.find((comment) =>
    /hemoly|icter|lipem|溶血|黄疸|脂血|turbid|interference/i.test(comment),
  );
  return found?.slice(0, 120);
}

/** Stands in the queue of the laboratory once per tube and reason, not once per value. */
async function queueOpen(
  trx: Transaction,
  instrumentId: string,
  id: number,
  value: InstrumentValue,
  fate: Fate,
): Promise<void> {
  const subjectId =
    fate.state === 'unknown-code'
      ? `${instrumentId} ${value.instrumentCode}`
      : `${instrumentId} ${value.specimenId ?? ''}`;
  const known = await trx
    .selectFrom('unmatchedInput')
    .select('id')
    .where('subjectType', '=', 'instrument-result')
    .where('subjectId', '=', subjectId)
    .where('state', '=', 'open')
    .executeTakeFirst();
  if (known) return;
  const instrument = await trx
    .selectFrom('labInstrument')
    .select(['institutionId', 'name'])
    .where('id', '=', instrumentId)
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('unmatchedInput')
    .values({
      centerKind: 'lab',
      kind:
        fate.state === 'unknown-code' ? 'unknown-code' : fate.state === 'unmatched' ? 'no-order' : 'conflict',
      institutionId: instrument.institutionId,
      subjectType: 'instrument-result',
      subjectId,
      reason: `${instrument.name} ${value.specimenId ?? ''}: ${fate.reason ?? fate.state}`,
      detail: JSON.stringify({
        instrumentResultId: id,
        instrumentId,
        specimenId: value.specimenId,
        instrumentCode: value.instrumentCode,
        value: value.value.slice(0, 200),
      }),
    })
    .execute();
}
