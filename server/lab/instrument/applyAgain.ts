import type { Selectable } from 'kysely';
import type { LabInstrumentResult } from '../../../db/types.ts';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { applyValue } from './applyValue.ts';
import { fateColumns, isOpen } from './fate.ts';
import { queueOpen, settleQueue } from './queueOpen.ts';
import { recompute } from './recompute.ts';

type KeptValue = Selectable<LabInstrumentResult>;

/**
 * Values of one analyzer that waited are taken as if they came now, for the tube `barcode` where a person has named it;
 * the queue says what still waits.
 */
export async function applyAgain(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  instrumentId: string,
  rows: readonly KeptValue[],
  barcode?: string,
): Promise<{ applied: number; open: number }> {
  const instrument = await trx
    .selectFrom('labInstrument')
    .select('protocol')
    .where('id', '=', instrumentId)
    .executeTakeFirstOrThrow();
  const source = instrument.protocol === 'astm' ? 'astm' : 'hl7';
  const changed = new Map<string, string[]>();
  let open = 0;
  for (const row of rows) {
    const value = {
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
      instrumentId,
      { ...value, specimenId: barcode ?? value.specimenId },
      source,
    );
    await trx.updateTable('labInstrumentResult').set(fateColumns(fate)).where('id', '=', row.id).execute();
    if (isOpen(fate.state)) {
      open++;
      await queueOpen(trx, instrumentId, row.id, value, fate);
    }
    if (fate.orderId && fate.testCode && fate.state === 'applied')
      changed.set(fate.orderId, [...(changed.get(fate.orderId) ?? []), fate.testCode]);
  }
  await recompute(ctx, trx, actor, changed);
  await settleQueue(ctx, trx, actor, instrumentId);
  return { applied: rows.length - open, open };
}
