import { recordAudit } from '../../core/audit/recordAudit.ts';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { applyValue } from './applyValue.ts';
import { fateColumns } from './fate.ts';
import type { InstrumentValue } from './receiveInstrumentResults.ts';
import { recompute } from './recompute.ts';

interface OpenRow {
  id: number;
  instrumentId: string;
  specimenId: string | null;
  instrumentCode: string;
  value: string;
  unit: string | null;
  abnormalFlag: string | null;
  resultStatus: string | null;
  operator: string | null;
  comment: string | null;
  measuredAt: Date | null;
  control: boolean;
}

/** A person maps an analyzer's code once; every value that waited for it is taken as if it came now. */
export async function mapInstrumentCode(
  ctx: Context,
  actor: Actor,
  instrumentId: string,
  input: {
    instrumentCode: string;
    testCode: string;
    fromUnit?: string | undefined;
    factor?: number | undefined;
  },
): Promise<{ applied: number; open: number }> {
  requirePermission(actor, 'bench.work', { centerKind: 'lab' });
  const done = await ctx.db.transaction().execute(async (trx) => {
    const test = await trx
      .selectFrom('labTest')
      .select('code')
      .where('code', '=', input.testCode)
      .executeTakeFirst();
    if (!test)
      throw invalid(`test ${input.testCode} is not in the catalogue`, [
        {
          path: 'testCode',
          message: '目录中没有该项目',
          code: 'unknown-test',
          params: { test: input.testCode },
        },
      ]);
    const values = {
      testCode: input.testCode,
      fromUnit: input.fromUnit ?? null,
      factor: input.factor ?? 1,
      mappedBy: actor.id,
    };
    await trx
      .insertInto('labInstrumentTest')
      .values({ instrumentId, instrumentCode: input.instrumentCode, ...values })
      .onConflict((oc) => oc.columns(['instrumentId', 'instrumentCode']).doUpdateSet(values))
      .execute();
    await recordAudit(trx, actor, {
      action: 'instrument.map',
      subjectType: 'instrument',
      subjectId: instrumentId,
      detail: input,
    });
    const rows = await trx
      .selectFrom('labInstrumentResult')
      .selectAll()
      .where('instrumentId', '=', instrumentId)
      .where('instrumentCode', '=', input.instrumentCode)
      .where('state', 'in', ['unknown-code', 'held'])
      .orderBy('id')
      .limit(2000)
      .forUpdate()
      .execute();
    const result = await applyAgain(ctx, trx, actor, rows);
    await closeQueue(trx, actor, ctx, `${instrumentId} ${input.instrumentCode}`);
    return result;
  });
  ctx.bell.ring();
  return done;
}

/** A person says to which tube a value belongs. The tube's own rules still hold. */
export async function assignInstrumentResult(
  ctx: Context,
  actor: Actor,
  id: number,
  barcode: string,
): Promise<{ applied: number; open: number }> {
  requirePermission(actor, 'unmatched.decide', { centerKind: 'lab' });
  return ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('labInstrumentResult')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw notFound('instrument result', String(id));
    if (!['unmatched', 'held'].includes(row.state))
      throw conflict('wrong-status', `the value is ${row.state}`);
    const all = await trx
      .selectFrom('labInstrumentResult')
      .selectAll()
      .where('instrumentId', '=', row.instrumentId)
      .where('specimenId', 'is not distinct from', row.specimenId)
      .where('state', 'in', ['unmatched', 'held'])
      .forUpdate()
      .execute();
    const result = await applyAgain(
      ctx,
      trx,
      actor,
      all.map((one) => ({ ...one, specimenId: barcode.trim().toUpperCase() })),
    );
    if (result.open === 0) await closeQueue(trx, actor, ctx, `${row.instrumentId} ${row.specimenId ?? ''}`);
    await recordAudit(trx, actor, {
      action: 'instrument-result.assign',
      subjectType: 'instrument-result',
      subjectId: String(id),
      detail: { from: row.specimenId, to: barcode, ...result },
    });
    return result;
  });
}

/** A person sets a value aside with a reason; it stays on file. */
export async function dismissInstrumentResult(
  ctx: Context,
  actor: Actor,
  id: number,
  reason: string,
): Promise<void> {
  requirePermission(actor, 'bench.work', { centerKind: 'lab' });
  await ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .updateTable('labInstrumentResult')
      .set({ state: 'resolved', reason, reasonCode: null, reasonParams: null })
      .where('id', '=', id)
      .where('state', 'in', ['unmatched', 'held', 'unknown-code'])
      .returning(['instrumentId', 'specimenId'])
      .executeTakeFirst();
    if (!row) throw notFound('open instrument result', String(id));
    await recordAudit(trx, actor, {
      action: 'instrument-result.dismiss',
      subjectType: 'instrument-result',
      subjectId: String(id),
      detail: { reason },
    });
  });
}

async function applyAgain(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  rows: OpenRow[],
): Promise<{ applied: number; open: number }> {
  const instruments = await trx.selectFrom('labInstrument').select(['id', 'protocol']).execute();
  const source = new Map(
    instruments.map((one) => [one.id, one.protocol === 'astm' ? 'astm' : 'hl7'] as const),
  );
  const changed = new Map<string, string[]>();
  let applied = 0;
  for (const row of rows) {
    const value: InstrumentValue = {
      specimenId: row.specimenId ?? undefined,
      instrumentCode: row.instrumentCode,
      value: row.value,
      unit: row.unit ?? undefined,
      abnormalFlag: row.abnormalFlag ?? undefined,
      status: row.resultStatus ?? undefined,
      operator: row.operator ?? undefined,
      measuredAt: row.measuredAt ?? undefined,
      control: row.control,
      comments: row.comment ? [row.comment] : [],
    };
    const fate = await applyValue(
      ctx,
      trx,
      actor,
      row.instrumentId,
      value,
      source.get(row.instrumentId) ?? 'hl7',
    );
    await trx.updateTable('labInstrumentResult').set(fateColumns(fate)).where('id', '=', row.id).execute();
    if (fate.state === 'applied' || fate.state === 'control') applied++;
    if (fate.orderId && fate.testCode && fate.state === 'applied')
      changed.set(fate.orderId, [...(changed.get(fate.orderId) ?? []), fate.testCode]);
  }
  await recompute(ctx, trx, actor, changed);
  return { applied, open: rows.length - applied };
}

function closeQueue(trx: Transaction, actor: Actor, ctx: Pick<Context, 'clock'>, subjectId: string) {
  return trx
    .updateTable('unmatchedInput')
    .set({
      state: 'resolved',
      resolvedAt: ctx.clock.now(),
      resolvedBy: actor.kind === 'staff' ? actor.id : null,
    })
    .where('subjectType', '=', 'instrument-result')
    .where('subjectId', '=', subjectId)
    .where('state', '=', 'open')
    .execute();
}
