import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { LabBox } from '../../../db/types.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { can, personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { isUniqueViolation, type Transaction } from '../../core/database.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { announce } from '../../core/events/announce.ts';
import { chooseReportingInstitution } from '../../core/order/chooseCenter.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { nextBarcode } from '../specimen/barcode.ts';
import { recordContainerEvent } from '../specimen/containerEvent.ts';
import { lockContainer } from '../specimen/findContainer.ts';

export type Box = Selectable<LabBox>;

export const openBoxInput = z.object({
  code: z
    .string()
    .regex(/^[A-Z0-9-]{4,24}$/)
    .optional(),
  minCelsius: z.number().min(-90).max(60).default(2),
  maxCelsius: z.number().min(-90).max(60).default(8),
});

/** Opens a transport box at the actor's site, bound for the laboratory that answers for it. */
export async function openBox(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof openBoxInput>,
): Promise<Box> {
  const staffId = personId(actor);
  const from = actor.institutionId;
  if (!from) throw invalid('a box starts at an institution');
  requirePermission(actor, 'specimen.transport', { institutionId: from });
  if (input.minCelsius >= input.maxCelsius)
    throw invalid('the lower limit is not below the upper', [
      { path: 'minCelsius', message: '温度下限应低于上限', code: 'limits' },
    ]);
  try {
    return await ctx.db.transaction().execute(async (trx) => {
      const to = await chooseReportingInstitution(trx, 'lab', from, [], ctx.clock.now());
      const box = await trx
        .insertInto('labBox')
        .values({
          code: input.code ?? (await nextBoxCode(trx, ctx.clock.now())),
          fromInstitutionId: from,
          toInstitutionId: to,
          createdBy: staffId,
          minCelsius: input.minCelsius,
          maxCelsius: input.maxCelsius,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await recordAudit(trx, actor, { action: 'box.open', subjectType: 'box', subjectId: box.code });
      return box;
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw conflict('duplicate-box', `box ${input.code} is on the way already`, { box: input.code });
  }
}

/** A box number from the sequence of the tubes, so that two are never alike. */
async function nextBoxCode(trx: Transaction, now: Date): Promise<string> {
  return `BX${(await nextBarcode(trx, now)).slice(1)}`;
}

/** Puts a tube into an open box by scanning it. Scanning it again changes nothing. */
export async function packContainer(
  ctx: Context,
  actor: Actor,
  boxId: string,
  barcode: string,
): Promise<{ barcode: string; count: number }> {
  personId(actor);
  return ctx.db.transaction().execute(async (trx) => {
    const box = await lockBox(trx, actor, boxId, ['open']);
    const { container, order } = await lockContainer(trx, actor, barcode);
    if (container.boxId === box.id && container.state === 'boxed')
      return { barcode: container.barcode, count: await countTubes(trx, box.id) };
    if (container.state !== 'collected')
      throw conflict('wrong-status', `tube ${container.barcode} is ${container.state}`, {
        barcode: container.barcode,
        state: container.state,
      });
    if (
      order.performingInstitutionId !== box.fromInstitutionId &&
      order.requestingInstitutionId !== box.fromInstitutionId
    )
      throw invalid('the tube belongs to another site', [
        { path: 'barcode', message: '该标本不属于本机构', code: 'site' },
      ]);
    if (order.reportingInstitutionId !== box.toInstitutionId)
      throw invalid('the tube goes to another laboratory', [
        { path: 'barcode', message: '该标本的检验中心与本箱目的地不同', code: 'destination' },
      ]);
    await trx
      .updateTable('labContainer')
      .set({ state: 'boxed', boxId: box.id })
      .where('id', '=', container.id)
      .execute();
    await recordContainerEvent(ctx, trx, actor, container.id, { kind: 'boxed', detail: { box: box.code } });
    return { barcode: container.barcode, count: await countTubes(trx, box.id) };
  });
}

/** Closes a box with its seal; the manifest is what it held at this moment. */
export async function sealBox(ctx: Context, actor: Actor, boxId: string, sealNumber: string): Promise<Box> {
  const staffId = personId(actor);
  return ctx.db.transaction().execute(async (trx) => {
    const box = await lockBox(trx, actor, boxId, ['open']);
    const count = await countTubes(trx, box.id);
    if (count === 0)
      throw invalid('an empty box is not sealed', [{ path: 'box', message: '箱内没有标本', code: 'empty' }]);
    const sealed = await setBox(trx, box.id, {
      state: 'sealed',
      sealNumber,
      sealedBy: staffId,
      sealedAt: ctx.clock.now(),
      sealedCount: count,
    });
    await moveTubes(ctx, trx, actor, sealed, { from: ['boxed'], kind: 'sealed' });
    await recordAudit(trx, actor, {
      action: 'box.seal',
      subjectType: 'box',
      subjectId: box.code,
      detail: { sealNumber, count },
    });
    return sealed;
  });
}

/** The courier takes the sealed box over by scanning it: box code and seal must both be read. */
export async function handOverBox(
  ctx: Context,
  actor: Actor,
  code: string,
  sealNumber: string,
): Promise<Box> {
  const staffId = personId(actor);
  requirePermission(actor, 'specimen.transport');
  const moved = await ctx.db.transaction().execute(async (trx) => {
    const box = await boxByCode(trx, code, ['sealed']);
    if (box.sealNumber !== sealNumber.trim())
      throw invalid('the seal does not fit the box', [
        { path: 'sealNumber', message: '封签号与记录不符,请勿接收', code: 'seal' },
      ]);
    const after = await setBox(trx, box.id, {
      state: 'in-transit',
      courierId: staffId,
      handedAt: ctx.clock.now(),
    });
    await moveTubes(ctx, trx, actor, after, {
      from: ['boxed'],
      to: 'in-transit',
      kind: 'dispatched',
      orderEvent: 'specimen-dispatched',
    });
    await recordAudit(trx, actor, { action: 'box.hand-over', subjectType: 'box', subjectId: box.code });
    return after;
  });
  ctx.bell.ring();
  return moved;
}

/** The box reaches the laboratory: seal looked at, tubes now to be scanned one by one. */
export async function arriveBox(
  ctx: Context,
  actor: Actor,
  code: string,
  input: { sealIntact: boolean; sealNumber?: string | undefined },
): Promise<Box> {
  const staffId = personId(actor);
  const arrived = await ctx.db.transaction().execute(async (trx) => {
    const box = await boxByCode(trx, code, ['sealed', 'in-transit']);
    requirePermission(actor, 'specimen.receive', { institutionId: box.toInstitutionId, centerKind: 'lab' });
    const intact =
      input.sealIntact && (input.sealNumber === undefined || input.sealNumber === box.sealNumber);
    const after = await setBox(trx, box.id, {
      state: 'arrived',
      arrivedAt: ctx.clock.now(),
      receivedBy: staffId,
      sealIntact: intact,
    });
    await moveTubes(ctx, trx, actor, after, {
      from: ['boxed', 'in-transit'],
      to: 'arrived',
      kind: 'arrived',
      orderEvent: 'specimen-arrived',
    });
    await recordAudit(trx, actor, {
      action: 'box.arrive',
      subjectType: 'box',
      subjectId: box.code,
      detail: { sealIntact: intact },
    });
    return after;
  });
  ctx.bell.ring();
  return arrived;
}

/**
 * Ends the reception of a box: tubes of the manifest that nobody scanned are missing, and the site hears of it.
 * Damaged ones were rejected with their reason while scanning.
 */
export async function reconcileBox(
  ctx: Context,
  actor: Actor,
  boxId: string,
): Promise<{ box: Box; accepted: string[]; rejected: string[]; missing: string[]; extra: string[] }> {
  personId(actor);
  const done = await ctx.db.transaction().execute(async (trx) => {
    const box = await trx
      .selectFrom('labBox')
      .selectAll()
      .where('id', '=', boxId)
      .forUpdate()
      .executeTakeFirst();
    if (!box) throw notFound('box', boxId);
    requirePermission(actor, 'specimen.receive', { institutionId: box.toInstitutionId, centerKind: 'lab' });
    if (box.state !== 'arrived')
      throw conflict('wrong-status', `box ${box.code} is ${box.state}`, { box: box.code, state: box.state });
    const tubes = await trx
      .selectFrom('labContainer')
      .select(['id', 'barcode', 'state', 'orderId'])
      .where('boxId', '=', box.id)
      .orderBy('barcode')
      .execute();
    const missing = tubes.filter((tube) => ['arrived', 'in-transit', 'boxed'].includes(tube.state));
    for (const tube of missing) {
      await trx.updateTable('labContainer').set({ state: 'missing' }).where('id', '=', tube.id).execute();
      await recordContainerEvent(ctx, trx, actor, tube.id, { kind: 'missing', detail: { box: box.code } });
      const order = await trx
        .selectFrom('orders')
        .selectAll()
        .where('id', '=', tube.orderId)
        .executeTakeFirstOrThrow();
      await recordEvent(ctx, trx, actor, order, {
        kind: 'specimen-missing',
        detail: { barcode: tube.barcode, box: box.code },
      });
      await trx
        .insertInto('notification')
        .values({
          institutionId: box.fromInstitutionId,
          orderId: tube.orderId,
          kind: 'specimen.missing',
          body: JSON.stringify({ barcode: tube.barcode, box: box.code }),
        })
        .execute();
    }
    const extra = await trx
      .selectFrom('labBoxExtra')
      .select('barcode')
      .where('boxId', '=', box.id)
      .orderBy('barcode')
      .execute();
    const after = await setBox(trx, box.id, { state: 'reconciled', reconciledAt: ctx.clock.now() });
    await recordAudit(trx, actor, {
      action: 'box.reconcile',
      subjectType: 'box',
      subjectId: box.code,
      detail: {
        missing: missing.map((tube) => tube.barcode),
        extra: extra.map((one) => one.barcode),
      },
    });
    const named = (states: string[]) =>
      tubes.filter((tube) => states.includes(tube.state)).map((tube) => tube.barcode);
    return {
      box: after,
      accepted: named(['accepted', 'stored', 'discarded']),
      rejected: named(['rejected']),
      missing: missing.map((tube) => tube.barcode),
      extra: extra.map((one) => one.barcode),
    };
  });
  ctx.bell.ring();
  return done;
}

/** Adds readings of the box's logger. A reading outside the limits is announced to both ends at once. */
export async function recordTemperatures(
  ctx: Context,
  actor: Actor,
  code: string,
  readings: { at: string; celsius: number; source?: string | undefined }[],
): Promise<{ stored: number; outside: number }> {
  requirePermission(actor, can(actor, 'specimen.transport') ? 'specimen.transport' : 'specimen.receive');
  return ctx.db.transaction().execute(async (trx) => {
    const box = await boxByCode(trx, code, ['open', 'sealed', 'in-transit', 'arrived']);
    const now = ctx.clock.now().getTime();
    if (readings.some((one) => Date.parse(one.at) > now + 120_000))
      throw invalid('a reading lies in the future', [
        { path: 'readings', message: '温度记录时间晚于当前时间', code: 'future' },
      ]);
    const rows = readings.map((one) => ({
      boxId: box.id,
      at: new Date(one.at),
      celsius: one.celsius,
      source: one.source ?? 'logger',
    }));
    await trx
      .insertInto('labBoxTemperature')
      .values(rows)
      .onConflict((oc) => oc.doNothing())
      .execute();
    const outside = rows.filter((row) => row.celsius < box.minCelsius || row.celsius > box.maxCelsius);
    if (outside.length > 0)
      await announce(trx, {
        kind: 'lab.box-temperature',
        centerKind: 'lab',
        institutionIds: [box.fromInstitutionId],
        reportingInstitutionId: box.toInstitutionId,
        data: { box: box.code, celsius: outside[0]?.celsius },
      });
    return { stored: rows.length, outside: outside.length };
  });
}

async function lockBox(trx: Transaction, actor: Actor, boxId: string, states: string[]): Promise<Box> {
  const box = await trx
    .selectFrom('labBox')
    .selectAll()
    .where('id', '=', boxId)
    .forUpdate()
    .executeTakeFirst();
  if (!box) throw notFound('box', boxId);
  requirePermission(actor, 'specimen.transport', { institutionId: box.fromInstitutionId });
  if (!states.includes(box.state))
    throw conflict('wrong-status', `box ${box.code} is ${box.state}`, { box: box.code, state: box.state });
  return box;
}

async function boxByCode(trx: Transaction, code: string, states: string[]): Promise<Box> {
  const box = await trx
    .selectFrom('labBox')
    .selectAll()
    .where('code', '=', code.trim().toUpperCase())
    .forUpdate()
    .executeTakeFirst();
  if (!box) throw notFound('box', code);
  if (!states.includes(box.state))
    throw conflict('wrong-status', `box ${box.code} is ${box.state}`, { box: box.code, state: box.state });
  return box;
}

function setBox(trx: Transaction, id: string, columns: Partial<Box>): Promise<Box> {
  return trx.updateTable('labBox').set(columns).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}

async function countTubes(trx: Transaction, boxId: string): Promise<number> {
  const { n } = await trx
    .selectFrom('labContainer')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('boxId', '=', boxId)
    .executeTakeFirstOrThrow();
  return n;
}

async function moveTubes(
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
