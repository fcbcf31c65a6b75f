import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { applyValue } from './applyValue.ts';
import { fateColumns, isOpen, OPEN_STATES } from './fate.ts';
import { queueOpen, settleQueue } from './queueOpen.ts';
import { recompute } from './recompute.ts';

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
  let again = false;
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
    // Said before: a message that is processed again takes up what of it still waits.
    const id = kept?.id ?? (await stillOpen(trx, instrumentId, value, from.messageId));
    if (id === undefined) continue;
    again ||= !kept;
    const fate = await applyValue(ctx, trx, actor, instrumentId, value, from.source);
    await trx.updateTable('labInstrumentResult').set(fateColumns(fate)).where('id', '=', id).execute();
    if (fate.state === 'applied') summary.applied++;
    if (fate.state === 'control') summary.controls++;
    if (fate.orderId && fate.testCode && fate.state === 'applied')
      changed.set(fate.orderId, [...(changed.get(fate.orderId) ?? []), fate.testCode]);
    if (isOpen(fate.state)) {
      summary.open++;
      summary.reasons.push(
        `${value.specimenId ?? '-'} ${value.instrumentCode}: ${fate.why?.text ?? fate.state}`,
      );
      await queueOpen(trx, instrumentId, id, value, fate);
    }
  }
  await recompute(ctx, trx, actor, changed);
  if (again) await settleQueue(ctx, trx, actor, instrumentId);
  summary.orderIds = [...changed.keys()];
  return summary;
}

/** The value of this message that is kept already and waits for a person. */
async function stillOpen(
  trx: Transaction,
  instrumentId: string,
  value: InstrumentValue,
  messageId: number | undefined,
): Promise<number | undefined> {
  if (messageId === undefined) return undefined;
  const row = await trx
    .selectFrom('labInstrumentResult')
    .select('id')
    .where('messageId', '=', messageId)
    .where('instrumentId', '=', instrumentId)
    .where('specimenId', 'is not distinct from', value.specimenId ?? null)
    .where('instrumentCode', '=', value.instrumentCode)
    .where('value', '=', value.value)
    .where('state', 'in', OPEN_STATES)
    .executeTakeFirst();
  return row?.id;
}
