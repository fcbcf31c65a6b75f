import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict } from '../../core/errors.ts';
import type { Order } from '../../core/order/order.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { chinaDay, loadRanges, previousResult, type TestRow } from '../queries.ts';
import { qcHold } from '../quality/qcState.ts';
import { deltaCheck } from '../rules/delta.ts';
import { flagResult, type ParsedValue } from '../rules/flagResult.ts';
import { chooseRange, rangeText } from '../rules/referenceRange.ts';
import { namesOf, readValue } from './readValue.ts';
import { raiseCriticalResult } from './raiseCriticalResult.ts';
import { judgeCulture, type Organism } from './organism.ts';

const CLOCK_TOLERANCE_MS = 300_000;

export interface ResultInput {
  value: string;
  /** What the analyzer said where a rule changed its unit. */
  conversion?: { value: string; unit: string; factor: number } | undefined;
  source: 'hl7' | 'astm' | 'manual' | 'calculated';
  instrumentId?: string | null | undefined;
  measuredAt?: Date | undefined;
  dilution?: number | undefined;
  interference?: string | undefined;
  note?: string | undefined;
  /** Why an earlier value is replaced (rerun, correction at the bench). */
  reason?: string | undefined;
  organisms?: Organism[] | undefined;
  /** A culture that is read again later; it may be released and then be followed by another value. */
  preliminary?: boolean | undefined;
}

/**
 * Takes a value for a test of an order: reads it, flags it against the range of this person (no range → no flag),
 * compares it with the earlier result, holds it where quality control, stability or the measuring range say so, and
 * raises a critical value at once. An earlier value stays as an older version.
 */
export async function saveResult(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  order: Order,
  test: TestRow,
  input: ResultInput,
): Promise<{ id: string; holds: string[]; critical: boolean; flag: string | null }> {
  const standing = await loadStanding(trx, order, test);
  const parsed = readValue(test, input);
  const now = ctx.clock.now();
  const measuredAt = believable(input.measuredAt, standing.collectedAt, now) ? input.measuredAt : now;
  const judged = await judge(trx, order, test, parsed, standing.collectedAt ?? measuredAt, input.organisms);
  const holds = await findHolds(trx, { test, input, parsed, standing, now });
  if (standing.resultId)
    await trx
      .updateTable('labResult')
      .set({ current: false, state: 'replaced' })
      .where('id', '=', standing.resultId)
      .execute();
  const row = await trx
    .insertInto('labResult')
    .values({
      orderId: order.id,
      testCode: test.code,
      patientId: order.patientId ?? '',
      containerId: standing.containerId,
      instrumentId: input.instrumentId ?? null,
      version: (standing.version ?? 0) + 1,
      valueNumber: parsed.number === null ? null : Number(parsed.number.toFixed(Math.max(test.decimals, 6))),
      comparator: parsed.comparator,
      valueText: parsed.text,
      organisms: input.organisms ? JSON.stringify(input.organisms) : null,
      unit: test.unit,
      conversion: input.conversion ? JSON.stringify(input.conversion) : null,
      ...judged.columns,
      interference: input.interference ?? null,
      dilution: input.dilution ?? null,
      holds,
      source: input.source,
      measuredAt,
      enteredBy: actor.kind === 'staff' ? actor.id : null,
      enteredAt: now,
      replacesId: standing.resultId,
      reason: input.reason ?? null,
      note: input.note ?? null,
      preliminary: input.preliminary ?? false,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await trx
    .updateTable('labOrderTest')
    .set({ state: 'resulted' })
    .where('orderId', '=', order.id)
    .where('testCode', '=', test.code)
    .execute();
  if (!standing.measured)
    await recordEvent(ctx, trx, actor, order, {
      kind: 'measured',
      at: measuredAt,
      detail: { test: test.code },
    });
  if (judged.columns.critical) await raiseCriticalResult(ctx, trx, actor, order, test, parsed);
  await recordAudit(trx, actor, {
    action: 'result.enter',
    subjectType: 'result',
    subjectId: row.id,
    patientId: order.patientId,
    detail: { test: test.code, source: input.source, conversion: input.conversion },
  });
  return { id: row.id, holds, critical: judged.columns.critical, flag: judged.columns.flag };
}

/** An analyzer whose clock is wrong says times before the tube was drawn, or to come; what it said stays in its message. */
function believable(at: Date | undefined, collectedAt: Date | null, now: Date): at is Date {
  return (
    at !== undefined &&
    at.getTime() <= now.getTime() + CLOCK_TOLERANCE_MS &&
    at.getTime() >= (collectedAt?.getTime() ?? 0) - CLOCK_TOLERANCE_MS
  );
}

interface Standing {
  containerId: string | null;
  collectedAt: Date | null;
  holdReason: string | null;
  resultId: string | null;
  version: number | null;
  /** Whether the order has any result yet: its first one is an event of the timeline. */
  measured: boolean;
}

/** What stands for this test, refusing what may no longer be measured. */
async function loadStanding(trx: Transaction, order: Order, test: TestRow): Promise<Standing> {
  if (['cancelled', 'void'].includes(order.status))
    throw conflict('order-closed', `the order is ${order.status}: no result is taken`, {
      status: order.status,
    });
  const { rows } = await sql<
    Standing & {
      state: string;
      containerState: string | null;
      resultState: string | null;
      preliminary: boolean | null;
    }
  >`
    select t.container_id, c.collected_at, t.hold_reason, t.state, c.state as container_state, r.id as result_id, r.version, r.state as result_state, r.preliminary,
      exists (select 1 from lab_result x where x.order_id = t.order_id) as measured
    from lab_order_test t left join lab_container c on c.id = t.container_id left join lab_result r on r.order_id = t.order_id and r.test_code = t.test_code and r.current
    where t.order_id = ${order.id} and t.test_code = ${test.code}`.execute(trx);
  const row = rows[0];
  if (!row) throw conflict('not-ordered', `test ${test.code} is not ordered here`, namesOf(test));
  if (row.state === 'rejected' || row.state === 'cancelled')
    throw conflict(
      `test-${row.state}`,
      `the tube of ${test.code} is ${row.state}: no result is taken`,
      namesOf(test),
    );
  if (row.state === 'ordered' || row.state === 'collected')
    throw conflict('not-received', `the tube of ${test.code} is not received yet`, namesOf(test));
  if (row.resultState && ['verified', 'released'].includes(row.resultState) && row.preliminary !== true)
    throw conflict(
      'already-verified',
      `${test.code} is released: its verifier corrects it with a reason`,
      namesOf(test),
    );
  return row;
}

async function judge(
  trx: Transaction,
  order: Order,
  test: TestRow,
  parsed: ParsedValue,
  at: Date,
  organisms: readonly Organism[] | undefined,
) {
  const patient = await trx
    .selectFrom('patient')
    .select(['sex', 'birthDate'])
    .where('id', '=', order.patientId ?? '')
    .executeTakeFirst();
  const range = chooseRange(await loadRanges(trx, test.code), {
    sex: patient?.sex ?? 'U',
    birthDate: patient?.birthDate ?? null,
    pregnant: order.flags.includes('maternal'),
    method: test.method,
    on: chinaDay(at),
  });
  const { flag, critical } =
    test.resultKind === 'culture'
      ? judgeCulture(test, organisms)
      : flagResult(parsed, range, test.abnormalChoices);
  const previous = order.patientId
    ? await previousResult(trx, order.patientId, test.code, at, order.id)
    : undefined;
  const delta =
    parsed.number !== null && previous && previous.value !== null
      ? deltaCheck(parsed.number, { value: previous.value, at: previous.at }, at, {
          percent: test.deltaPercent,
          hours: test.deltaHours,
        })
      : undefined;
  return {
    columns: {
      flag,
      critical,
      rangeLow: range?.low ?? null,
      rangeHigh: range?.high ?? null,
      rangeText: rangeText(range, test.decimals),
      previous: previous ? JSON.stringify(previous) : null,
      deltaPercent: delta?.percent ?? null,
      deltaFailed: delta?.failed ?? false,
    },
  };
}

async function findHolds(
  trx: Transaction,
  facts: { test: TestRow; input: ResultInput; parsed: ParsedValue; standing: Standing; now: Date },
): Promise<string[]> {
  const { test, input, parsed, standing, now } = facts;
  const holds: string[] = [];
  if (standing.holdReason) holds.push(standing.holdReason);
  if (input.instrumentId) {
    const quality = await qcHold(trx, input.instrumentId, test.code, now);
    if (quality) holds.push(quality);
  }
  if (parsed.number !== null && parsed.comparator === null && !input.dilution) {
    if (test.measuringHigh !== null && parsed.number > test.measuringHigh)
      holds.push('above-measuring-range');
    if (test.measuringLow !== null && parsed.number < test.measuringLow) holds.push('below-measuring-range');
  }
  return holds;
}
