import type { Selectable } from 'kysely';
import type { LabBox } from '../../../db/types.ts';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, notFound } from '../../core/errors.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { recordContainerEvent } from '../specimen/containerEvent.ts';

export type Box = Selectable<LabBox>;

/** The box for an act of its site or laboratory, locked; refused in any other state. */
export async function lockBox(trx: Transaction, actor: Actor, boxId: string, states: string[]): Promise<Box> {
  const box = await trx
    .selectFrom('labBox')
    .selectAll()
    .where('id', '=', boxId)
    .forUpdate()
    .executeTakeFirst();
  if (!box) throw notFound('box', boxId);
  requirePermission(actor, 'specimen.transport', { institutionId: box.fromInstitutionId });
  if (!states.includes(box.state))
    throw conflict('box-state', `box ${box.code} is ${box.state}`, { box: box.code, state: box.state });
  return box;
}

/** The box that was scanned, locked; refused in any other state. */
export async function boxByCode(trx: Transaction, code: string, states: string[]): Promise<Box> {
  const box = await trx
    .selectFrom('labBox')
    .selectAll()
    .where('code', '=', code.trim().toUpperCase())
    .forUpdate()
    .executeTakeFirst();
  if (!box) throw notFound('box', code);
  if (!states.includes(box.state))
    throw conflict('box-state', `box ${box.code} is ${box.state}`, { box: box.code, state: box.state });
  return box;
}

/** Changes the columns of a box. */
export function setBox(trx: Transaction, id: string, columns: Partial<Box>): Promise<Box> {
  return trx.updateTable('labBox').set(columns).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}

/** How many tubes the box holds. */
export async function countTubes(trx: Transaction, boxId: string): Promise<number> {
  const { n } = await trx
    .selectFrom('labContainer')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('boxId', '=', boxId)
    .executeTakeFirstOrThrow();
  return n;
}

/** Brings the tubes of a box into its next state, each with its event and that of its order. */
export async function moveTubes(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  box: Box,
  step: { from: string[]; to?: string; kind: string; orderEvent?: string },
): Promise<void> {
  const tubes = await trx
    .selectFrom('labContainer')
    .select(['id', 'barcode', 'orderId'])
    .where('boxId', '=', box.id)
    .where('state', 'in', step.from)
    .execute();
  for (const tube of tubes) {
    if (step.to)
      await trx.updateTable('labContainer').set({ state: step.to }).where('id', '=', tube.id).execute();
    await recordContainerEvent(ctx, trx, actor, tube.id, {
      kind: step.kind,
      detail: { box: box.code, seal: box.sealNumber },
    });
  }
  if (!step.orderEvent) return;
  for (const orderId of new Set(tubes.map((tube) => tube.orderId))) {
    const order = await trx
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', orderId)
      .executeTakeFirstOrThrow();
    await recordEvent(ctx, trx, actor, order, { kind: step.orderEvent, detail: { box: box.code } });
  }
}
