import { z } from 'zod';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, invalid } from '../../core/errors.ts';
import { getVisibleOrder, type Order } from '../../core/order/order.ts';
import { amendReport } from '../../core/report/amendReport.ts';
import { chinaDay, loadRanges, loadTests, type TestRow } from '../queries.ts';
import { flagResult } from '../rules/flagResult.ts';
import { chooseRange } from '../rules/referenceRange.ts';
import {
  buildContent,
  printedValue,
  showValue,
  summarize,
  type LabContent,
  type ResultLine,
} from '../report/buildContent.ts';
import { judgeCulture, organism, organismText } from './organism.ts';
import { raiseCriticalResult } from './raiseCriticalResult.ts';
import { readValue } from './readValue.ts';

export const correctInput = z.object({
  pin: z.string().min(4).max(32),
  reason: z.string().trim().min(2).max(500),
  results: z
    .array(
      z.object({
        testCode: z.string().max(24),
        value: z.string().min(1).max(2000),
        /** A culture: what grows, as it should have stood. Absent = unchanged. */
        organisms: z.array(organism).max(10).optional(),
      }),
    )
    .min(1)
    .max(100),
});

type Correction = z.output<typeof correctInput>['results'][number];

/**
 * Corrects released results: a new signed version of the report in which the old value stands beside the new one with
 * the reason; the old result row stays. Everybody who saw the old report is called back by the core.
 */
export async function correctResult(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: z.output<typeof correctInput>,
): Promise<Order> {
  const order = await getVisibleOrder(ctx.db, actor, orderId);
  requirePermission(actor, 'report.verify', {
    institutionId: order.reportingInstitutionId,
    centerKind: 'lab',
  });
  const content = await buildContent(ctx.db, orderId);
  const results: ResultLine[] = [];
  const tests = await loadTests(
    ctx.db,
    input.results.map((one) => one.testCode),
  );
  for (const line of content.results) {
    const wanted = input.results.find((one) => one.testCode === line.code);
    results.push(
      wanted ? await correctLine(ctx, order, line, wanted, input.reason, tests.get(line.code)) : line,
    );
  }
  const unknown = input.results.filter((one) => !content.results.some((line) => line.code === one.testCode));
  if (unknown.length > 0)
    throw invalid(`no released result of ${unknown.map((one) => one.testCode).join(', ')}`, [
      { path: 'results', code: 'no-result' },
    ]);
  return amendReport(ctx, actor, orderId, {
    kind: 'correction',
    reason: input.reason,
    pin: input.pin,
    content: {
      ...content,
      results,
      ...summarize(results),
      corrections: input.results.map((one) => ({ ...one, reason: input.reason })),
    },
  });
}

async function correctLine(
  ctx: Context,
  order: Order,
  line: ResultLine,
  wanted: Correction,
  reason: string,
  test: TestRow | undefined,
): Promise<ResultLine> {
  if (!test)
    throw invalid(`${line.name}: not in the catalogue`, [
      {
        path: `results.${line.code}`,
        code: 'unknown-test',
        params: { test: line.code },
      },
    ]);
  const parsed = readValue(test, wanted);
  const patient = await ctx.db
    .selectFrom('patient')
    .select(['sex', 'birthDate'])
    .where('id', '=', order.patientId ?? '')
    .executeTakeFirst();
  const range = chooseRange(await loadRanges(ctx.db, line.code), {
    sex: patient?.sex ?? 'U',
    birthDate: patient?.birthDate ?? null,
    method: test.method,
    pregnant: order.flags.includes('maternal'),
    on: chinaDay(line.measuredAt ? new Date(line.measuredAt) : ctx.clock.now()),
  });
  const organisms = wanted.organisms ?? line.organisms;
  const { flag, critical } =
    test.resultKind === 'culture'
      ? judgeCulture(test, organisms)
      : flagResult(parsed, range, test.abnormalChoices);
  const shown = showValue({
    valueNumber: parsed.number,
    comparator: parsed.comparator,
    valueText: parsed.text,
    decimals: test.decimals,
  });
  const grew = wanted.organisms && line.organisms?.length ? ` ${organismText(line.organisms)}` : '';
  return {
    ...line,
    value: printedValue(test, shown),
    flag,
    critical,
    corrected: { from: `${line.value}${grew}`, reason },
    ...(organisms && { organisms }),
  };
}

/** In the transaction of the correction's signature: the corrected lines become result rows. */
export async function applyCorrections(
  trx: Transaction,
  ctx: Context,
  actor: Actor,
  order: Order,
): Promise<void> {
  const report = await trx
    .selectFrom('report')
    .select('content')
    .where('orderId', '=', order.id)
    .executeTakeFirst();
  const content = (report?.content ?? {}) as Partial<LabContent>;
  const corrections = (content.corrections ?? []) as Correction[];
  const tests = await loadTests(
    trx,
    corrections.map((one) => one.testCode),
  );
  for (const correction of corrections) {
    const line = content.results?.find((one) => one.code === correction.testCode);
    const test = tests.get(correction.testCode);
    if (!line?.corrected || !test) continue;
    const before = await trx
      .selectFrom('labResult')
      .selectAll()
      .where('orderId', '=', order.id)
      .where('testCode', '=', line.code)
      .where('current', '=', true)
      .forUpdate()
      .executeTakeFirst();
    if (!before) throw conflict('changed-meanwhile', `the result of ${line.name} changed; read it again`);
    if (before.id !== line.resultId) continue; // corrected by an earlier version
    const parsed = readValue(test, correction);
    await trx
      .updateTable('labResult')
      .set({ current: false, state: 'replaced' })
      .where('id', '=', before.id)
      .execute();
    const { id: replacesId, ...rest } = before;
    await trx
      .insertInto('labResult')
      .values({
        ...rest,
        previous: rest.previous === null ? null : JSON.stringify(rest.previous),
        organisms: line.organisms ? JSON.stringify(line.organisms) : null,
        version: before.version + 1,
        current: true,
        state: 'released',
        valueNumber: parsed.number,
        comparator: parsed.comparator,
        valueText: parsed.text,
        flag: line.flag,
        critical: line.critical,
        source: 'manual',
        enteredBy: actor.id,
        enteredAt: ctx.clock.now(),
        technicalBy: actor.id,
        technicalAt: ctx.clock.now(),
        verifiedBy: actor.id,
        verifiedAt: ctx.clock.now(),
        replacesId,
        reason: line.corrected.reason,
      })
      .execute();
    // Found critical only now: the site is called like for any other.
    if (line.critical && !before.critical) await raiseCriticalResult(ctx, trx, actor, order, test, parsed);
  }
}
