import { z } from 'zod';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { DomainError, invalid } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import type { Order } from '../../core/order/order.ts';
import { loadTests } from '../queries.ts';
import { calculateTests } from './calculateTests.ts';
import { organism } from './organism.ts';
import { saveResult } from './saveResult.ts';

export const enterResultsInput = z.object({
  results: z
    .array(
      z.object({
        testCode: z.string().max(24),
        value: z.string().max(2000).default(''),
        /** The result that stood on the screen; a newer one refuses the entry (412). */
        resultId: z.uuid().nullish(),
        instrumentId: z.uuid().nullish(),
        measuredAt: z.iso.datetime({ offset: true }).optional(),
        dilution: z.number().positive().max(100_000).optional(),
        interference: z.string().max(120).optional(),
        note: z.string().max(1000).optional(),
        reason: z.string().max(500).optional(),
        organisms: z.array(organism).max(10).optional(),
        preliminary: z.boolean().optional(),
      }),
    )
    .min(1)
    .max(200),
});

/** Results by hand. All or none; each fault names its test. A dilution multiplies the value read. */
export async function enterResults(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: z.output<typeof enterResultsInput>,
) {
  const entered: { testCode: string; id: string; holds: string[]; critical: boolean; flag: string | null }[] =
    [];
  await act(ctx, actor, orderId, 'result.enter', async (trx, order) => {
    requirePermission(actor, 'bench.work', {
      institutionId: order.reportingInstitutionId,
      centerKind: 'lab',
    });
    const tests = await loadTests(
      trx,
      input.results.map((one) => one.testCode),
    );
    const faults = [];
    for (const one of input.results) {
      const test = tests.get(one.testCode);
      if (!test)
        throw invalid(`test ${one.testCode} is not in the catalogue`, [
          {
            path: `results.${one.testCode}`,
            code: 'unknown-test',
            params: { test: one.testCode },
          },
        ]);
      await refuseStale(trx, order, one.testCode, one.resultId);
      try {
        const value =
          one.dilution && /^[\d.]+$/.test(one.value.trim())
            ? String(Number(one.value) * one.dilution)
            : one.value;
        const saved = await saveResult(ctx, trx, actor, order, test, {
          value,
          source: 'manual',
          instrumentId: one.instrumentId ?? (await onlyInstrument(trx, order, test.code)),
          measuredAt: one.measuredAt ? new Date(one.measuredAt) : undefined,
          dilution: one.dilution,
          interference: one.interference,
          note: one.note,
          reason: one.reason,
          organisms: one.organisms,
          preliminary: one.preliminary,
        });
        entered.push({ testCode: test.code, ...saved });
      } catch (error) {
        if (!(error instanceof DomainError) || error.status !== 422) throw error;
        faults.push(...error.errors);
      }
    }
    if (faults.length > 0)
      throw invalid(faults.map((fault) => `${fault.path}: ${fault.code}`).join('; '), faults);
    await calculateTests(
      ctx,
      trx,
      actor,
      order,
      entered.map((one) => one.testCode),
    );
    return order;
  });
  return { items: entered };
}

async function refuseStale(
  trx: Transaction,
  order: Order,
  testCode: string,
  seen: string | null | undefined,
): Promise<void> {
  if (seen === undefined) return;
  const current = await trx
    .selectFrom('labResult')
    .select('id')
    .where('orderId', '=', order.id)
    .where('testCode', '=', testCode)
    .where('current', '=', true)
    .executeTakeFirst();
  if ((current?.id ?? null) !== seen)
    throw new DomainError(
      412,
      'stale',
      `the result of ${testCode} changed since the screen was read; read it again`,
      { extra: { testCode } },
    );
}

/** Where a test is measured on one analyzer only, a value by hand is judged by its quality control too. */
async function onlyInstrument(trx: Transaction, order: Order, testCode: string): Promise<string | null> {
  const rows = await trx
    .selectFrom('labInstrumentTest as t')
    .innerJoin('labInstrument as i', 'i.id', 't.instrumentId')
    .select('i.id')
    .distinct()
    .where('t.testCode', '=', testCode)
    .where('i.active', '=', true)
    .where('i.institutionId', '=', order.reportingInstitutionId)
    .limit(2)
    .execute();
  return rows.length === 1 ? (rows[0]?.id ?? null) : null;
}
