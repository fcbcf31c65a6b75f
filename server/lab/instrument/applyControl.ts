import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { DomainError } from '../../core/errors.ts';
import { recordQcRun } from '../quality/recordQcRun.ts';
import { parseValue } from '../rules/flagResult.ts';
import { why, whyRefused, type Fate } from './fate.ts';
import type { InstrumentValue } from './receiveInstrumentResults.ts';

/** The active target whose control material bears this specimen id as barcode or lot. */
export async function controlTarget(
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

/** A control value goes to quality control, or waits with its reason. */
export async function applyControl(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  targetId: string | undefined,
  value: InstrumentValue,
  source: 'hl7' | 'astm',
): Promise<Fate> {
  const parsed = parseValue(value.value);
  const control = value.specimenId ?? '';
  if (!targetId)
    return {
      state: 'unmatched',
      why: why('no-control-target', `control material ${control} has no target for this test`, { control }),
    };
  if (!parsed || parsed.number === null)
    return {
      state: 'held',
      why: why('control-not-a-number', `control value "${value.value}" is not a number`, {
        value: value.value.slice(0, 20),
      }),
    };
  try {
    await recordQcRun(ctx, trx, actor, { targetId, value: parsed.number, at: value.measuredAt, source });
    return { state: 'control' };
  } catch (error) {
    if (error instanceof DomainError && error.status < 500) return { state: 'held', why: whyRefused(error) };
    throw error;
  }
}
