import type { Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { conflict, notFound } from '../errors.ts';
import { recordEvent } from '../order/recordEvent.ts';
import type { Transaction } from '../database.ts';
import type { Order } from '../order/order.ts';
import { OPEN_STATUSES } from '../order/transitions.ts';
import { choosePolicies } from '../turnaround/choosePolicies.ts';
import type { AlgorithmFindings } from './findings.ts';

const RANK = { routine: 0, urgent: 1, emergency: 2 } as const;

/**
 * Stores what an algorithm found, with the name, version and registration it had then, as a draft beside the report. A
 * registered algorithm that may raises the priority of an unsigned case; nothing else of the order changes, and nothing
 * is ever signed by it. Throws 404 for a case that is not its own, 409 when it answered already.
 */
export async function storeResult(
  ctx: Pick<Context, 'db' | 'clock' | 'bell'>,
  actor: Actor,
  caseId: string,
  found: AlgorithmFindings,
  form: { format: 'json' | 'dicom-sr'; objectAddress?: string; deviceId?: string },
): Promise<{ id: string }> {
  const made = await ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('algorithmCase as c')
      .innerJoin('algorithm as a', 'a.deviceId', 'c.deviceId')
      .innerJoin('device as d', 'd.id', 'c.deviceId')
      .select([
        'c.id',
        'c.deviceId',
        'c.orderId',
        'c.state',
        'd.name',
        'a.version',
        'a.registrationNumber',
        'a.mayRaisePriority',
      ]) // prettier-ignore
      .where('c.id', '=', caseId)
      .$if(form.deviceId !== undefined, (query) => query.where('c.deviceId', '=', form.deviceId ?? ''))
      .forUpdate('c')
      .executeTakeFirst();
    if (!row) throw notFound('case', caseId);
    if (row.state === 'done') throw conflict('answered', 'this case was answered already');
    const now = ctx.clock.now();
    const order = await trx
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', row.orderId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const result = await trx
      .insertInto('algorithmResult')
      .values({
        caseId,
        deviceId: row.deviceId,
        orderId: row.orderId,
        algorithmName: row.name,
        algorithmVersion: row.version,
        registrationNumber: row.registrationNumber,
        format: form.format,
        conclusion: found.conclusion,
        positive: found.positive,
        findings: JSON.stringify(found.findings),
        priority: found.priority ?? null,
        objectAddress: form.objectAddress ?? null,
        receivedAt: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .updateTable('algorithmCase')
      .set({ state: 'done', doneAt: now, error: null })
      .where('id', '=', caseId)
      .execute();
    const machine: Actor = {
      ...actor,
      kind: 'machine',
      id: row.deviceId,
      name: `${row.name} ${row.version}`,
    };
    const raised =
      found.priority && row.mayRaisePriority
        ? await raisePriority(ctx, trx, machine, order, found.priority)
        : false;
    await recordEvent(ctx, trx, machine, order, {
      kind: 'algorithm-finding',
      detail: { algorithm: row.name, version: row.version, positive: found.positive, raised },
    });
    await recordAudit(trx, machine, {
      action: 'algorithm.result',
      subjectType: 'order',
      subjectId: order.id,
      patientId: order.patientId,
      detail: { algorithm: row.name, version: row.version, positive: found.positive, raised },
    });
    return result;
  });
  ctx.bell.ring();
  return made;
}

async function raisePriority(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  machine: Actor,
  order: Order,
  priority: 'urgent' | 'emergency',
): Promise<boolean> {
  const open = (OPEN_STATUSES as readonly string[]).includes(order.status);
  if (!open || order.finalAt || RANK[priority] <= RANK[order.priority]) return false;
  const policyIds = await choosePolicies(trx, { ...order, priority }, ctx.clock.now());
  const before = order.priority;
  // Clocks of policies that no longer hold are not left running.
  await trx
    .updateTable('orderClock')
    .set({ state: 'void' })
    .where('orderId', '=', order.id)
    .where('policyId', 'not in', policyIds.length > 0 ? policyIds : [order.id])
    .where('state', 'in', ['running', 'paused'])
    .execute();
  Object.assign(order, { priority, policyIds, lane: 2 - RANK[priority] });
  await trx
    .updateTable('orders')
    .set({ priority, policyIds, lane: 2 - RANK[priority], dueAt: null })
    .where('id', '=', order.id)
    .execute();
  await recordEvent(ctx, trx, machine, order, {
    kind: 'priority-raised',
    reason: 'algorithm',
    detail: { from: before, to: priority },
  });
  return true;
}
