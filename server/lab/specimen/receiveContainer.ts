import { recordAudit } from '../../core/audit/recordAudit.ts';
import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { placeRequest } from '../../core/order/createRequest.ts';
import type { Order } from '../../core/order/order.ts';
import { receiveOrder } from '../../core/order/acts.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { requestInput } from '../../core/order/requestInput.ts';
import { stabilityHold } from '../rules/stability.ts';
import { deriveOrderStatus } from '../result/deriveOrderStatus.ts';
import { recordContainerEvent } from './containerEvent.ts';
import { lockContainer, type Container } from './findContainer.ts';

const RECEIVABLE = ['collected', 'boxed', 'in-transit', 'arrived', 'missing'];

export interface Reception {
  container: Container;
  /** Tests that wait because of stability or temperature, with the reason. */
  held: { testCode: string; reason: string }[];
}

/** Accepts a tube at the county. Tests whose stability or transport temperature was exceeded are held, the rest go on. */
export async function receiveContainer(ctx: Context, actor: Actor, barcode: string): Promise<Reception> {
  personId(actor);
  const reception = await ctx.db.transaction().execute(async (trx) => {
    const { container, order } = await lockContainer(trx, actor, barcode);
    checkReceivable(actor, container, order);
    const now = ctx.clock.now();
    const after = await trx
      .updateTable('labContainer')
      .set({ state: 'accepted', receivedAt: now, receivedBy: actor.id })
      .where('id', '=', container.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await trx
      .updateTable('labOrderTest')
      .set({ state: 'received' })
      .where('containerId', '=', container.id)
      .where('state', 'in', ['ordered', 'collected'])
      .execute();
    const held = await holdUnstable(trx, after, now);
    await recordContainerEvent(ctx, trx, actor, container.id, {
      kind: 'accepted',
      at: now,
      detail: { held },
    });
    if (order.status === 'acquired' || order.status === 'requested' || order.status === 'returned')
      await receiveOrder(ctx, trx, actor, order);
    else
      await recordEvent(ctx, trx, actor, order, {
        kind: 'specimen-received',
        detail: { barcode: container.barcode },
      });
    await recordAudit(trx, actor, {
      action: 'specimen.receive',
      subjectType: 'tube',
      subjectId: container.barcode,
      patientId: order.patientId,
    });
    return { container: after, held };
  });
  ctx.bell.ring();
  return reception;
}

function checkReceivable(actor: Actor, container: Container, order: Order): void {
  requirePermission(actor, 'specimen.receive', {
    institutionId: order.reportingInstitutionId,
    centerKind: 'lab',
  });
  if (!RECEIVABLE.includes(container.state))
    throw conflict('tube-state', `tube ${container.barcode} is ${container.state}`, {
      barcode: container.barcode,
      state: container.state,
    });
  if (order.status === 'cancelled' || order.status === 'void')
    throw conflict('wrong-status', `the order of tube ${container.barcode} is ${order.status}`, {
      status: order.status,
    });
}

async function holdUnstable(trx: Transaction, container: Container, at: Date): Promise<Reception['held']> {
  if (!container.collectedAt) return [];
  const readings = container.boxId
    ? await trx
        .selectFrom('labBoxTemperature')
        .select((eb) => [eb.fn.min('celsius').as('coldest'), eb.fn.max('celsius').as('warmest')])
        .where('boxId', '=', container.boxId)
        .executeTakeFirst()
    : undefined;
  const tests = await trx
    .selectFrom('labOrderTest as o')
    .innerJoin('labTest as t', 't.code', 'o.testCode')
    .select([
      't.code',
      't.wholeBloodStabilityMinutes',
      't.stabilityMinutes',
      't.transportMinCelsius',
      't.transportMaxCelsius',
    ])
    .where('o.containerId', '=', container.id)
    .execute();
  const held: Reception['held'] = [];
  for (const test of tests) {
    const reason = stabilityHold(test, {
      collectedAt: container.collectedAt,
      separatedAt: container.separatedAt,
      at,
      coldest: readings?.coldest ?? null,
      warmest: readings?.warmest ?? null,
    });
    if (!reason) continue;
    held.push({ testCode: test.code, reason });
    await trx
      .updateTable('labOrderTest')
      .set({ holdReason: reason })
      .where('orderId', '=', container.orderId)
      .where('testCode', '=', test.code)
      .execute();
  }
  return held;
}

/**
 * Rejects a tube with a coded reason: the township hears at once, and a recollection order for its tests is made and
 * linked. The other tubes of the order go on.
 */
export async function rejectContainer(
  ctx: Context,
  actor: Actor,
  barcode: string,
  input: { reason: string; note?: string | undefined; recollect?: boolean | undefined },
): Promise<{ container: Container; recollection: Order | undefined }> {
  personId(actor);
  const done = await ctx.db.transaction().execute(async (trx) => {
    const { container, order } = await lockContainer(trx, actor, barcode);
    requirePermission(actor, 'specimen.receive', {
      institutionId: order.reportingInstitutionId,
      centerKind: 'lab',
    });
    if (![...RECEIVABLE, 'accepted'].includes(container.state))
      throw conflict('tube-state', `tube ${container.barcode} is ${container.state}`, {
        barcode: container.barcode,
        state: container.state,
      });
    const reason = await trx
      .selectFrom('labRejectionReason')
      .select(['code', 'name'])
      .where('code', '=', input.reason)
      .where('active', '=', true)
      .executeTakeFirst();
    if (!reason)
      throw invalid(`rejection reason ${input.reason} is not in the list`, [
        { path: 'reason', code: 'unknown-reason' },
      ]);
    const after = await trx
      .updateTable('labContainer')
      .set({
        state: 'rejected',
        rejectionCode: reason.code,
        rejectionNote: input.note ?? null,
        receivedBy: actor.id,
        receivedAt: container.receivedAt ?? ctx.clock.now(),
      })
      .where('id', '=', container.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    const tests = await trx
      .updateTable('labOrderTest')
      .set({ state: 'rejected' })
      .where('containerId', '=', container.id)
      .where('state', 'in', ['ordered', 'collected', 'received', 'resulted'])
      .returning(['panelCode', 'testCode'])
      .execute();
    await recordContainerEvent(ctx, trx, actor, container.id, {
      kind: 'rejected',
      detail: { reason: reason.name, note: input.note },
    });
    const recollection =
      input.recollect === false || tests.length === 0
        ? undefined
        : await recollect(ctx, trx, actor, order, tests);
    await recordEvent(ctx, trx, actor, order, {
      kind: 'specimen-rejected',
      reason: reason.name,
      detail: {
        barcode: container.barcode,
        code: reason.code,
        note: input.note,
        recollection: recollection?.accessionNumber,
        tests: tests.map((test) => test.testCode),
      },
    });
    await trx
      .insertInto('notification')
      .values({
        institutionId: order.requestingInstitutionId,
        orderId: order.id,
        kind: 'specimen.rejected',
        body: JSON.stringify({
          barcode: container.barcode,
          rejectionName: reason.name,
          recollection: recollection?.accessionNumber,
        }),
      })
      .execute();
    await deriveOrderStatus(ctx, trx, actor, order.id);
    await recordAudit(trx, actor, {
      action: 'specimen.reject',
      subjectType: 'tube',
      subjectId: container.barcode,
      patientId: order.patientId,
      detail: { reason: reason.code },
    });
    return { container: after, recollection };
  });
  ctx.bell.ring();
  return done;
}

/** A new request for the rejected tests only: its other tests are struck from the plan. */
async function recollect(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  order: Order,
  tests: { panelCode: string; testCode: string }[],
): Promise<Order | undefined> {
  const input = requestInput.parse({
    center: 'lab',
    items: [...new Set(tests.map((test) => test.panelCode))].map((code) => ({ code })),
    priority: order.priority,
    clinicalInfo: `重采标本,原申请 ${order.accessionNumber}`,
  });
  const { orders } = await placeRequest(ctx, trx, actor, input, {
    source: 'recollection',
    institutionId: order.requestingInstitutionId,
    ...(order.patientId && { patientId: order.patientId }),
  });
  const made = orders[0];
  if (!made) throw notFound('recollection order');
  const keep = tests.map((test) => test.testCode);
  await trx
    .deleteFrom('labOrderTest')
    .where(
      'orderId',
      'in',
      orders.map((one) => one.id),
    )
    .where('testCode', 'not in', keep)
    .execute();
  await trx
    .updateTable('labContainer')
    .set({ state: 'cancelled' })
    .where(
      'orderId',
      'in',
      orders.map((one) => one.id),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('labOrderTest as t')
            .select('t.testCode')
            .whereRef('t.containerId', '=', 'labContainer.id'),
        ),
      ),
    )
    .execute();
  await recordEvent(ctx, trx, actor, made, {
    kind: 'recollection-of',
    detail: { accessionNumber: order.accessionNumber, orderId: order.id },
  });
  return made;
}
