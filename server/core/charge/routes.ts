import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { personId, requirePermission } from '../access/actor.ts';
import { audited } from '../admin/audited.ts';
import type { Context } from '../context.ts';
import { notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { getVisibleOrder } from '../order/order.ts';
import { localDate } from '../turnaround/calendar.ts';
import { daysOfPeriod } from '../quality/freezePeriod.ts';
import { CHARGE_STATES, setCharge } from './setCharge.ts';
import { findRecharged } from './findRecharged.ts';
import { closeSettlement, computeSettlement, readClosedSettlement } from './settlement.ts';

const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/);
const money = z.number().min(0).max(1_000_000);

/** Money without claims: state of payment, prices frozen at signing, settlement between institutions. */
export function chargeRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/orders/:id/charge',
      summary: 'State of payment and frozen prices of an order',
      access: 'order.read',
      params: idParams,
    },
    async ({ actor, params }) => {
      const order = await getVisibleOrder(ctx.db, actor, params.id);
      const charge = await ctx.db
        .selectFrom('orderCharge')
        .selectAll()
        .where('orderId', '=', order.id)
        .executeTakeFirst();
      const lines = await ctx.db
        .selectFrom('chargeLine')
        .select(['itemCode', 'itemName', 'price', 'frozenAt'])
        .where('orderId', '=', order.id)
        .execute();
      return { state: charge?.state ?? 'unknown', charge: charge ?? null, lines };
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/orders/:id/charge',
      summary: 'State of payment from the HIS',
      access: 'order.request',
      params: idParams,
      body: z.object({
        state: z.enum(CHARGE_STATES),
        amount: money.optional(),
        reference: z.string().max(100).optional(),
        reason: z.string().max(300).optional(),
      }),
    },
    async ({ actor, params, body }) => {
      await setCharge(ctx, actor, params.id, body);
      return { ok: true };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/charges',
      summary: 'A charge the HIS made for an item, with or without an order here',
      access: 'order.request',
      body: z.object({
        idCard: z.string().min(15).max(18),
        itemCode: z.string().max(40),
        amount: money,
        at: z.iso.datetime({ offset: true }),
        reference: z.string().min(1).max(100),
        accessionNumber: z.string().max(16).optional(),
      }),
      status: 201,
    },
    async ({ actor, body }) => {
      const institutionId = actor.institutionId ?? '';
      requirePermission(actor, 'order.request', { institutionId });
      return audited(
        ctx,
        actor,
        { action: 'charge.receive', detail: { item: body.itemCode, reference: body.reference } },
        async (trx) => {
          const hash = ctx.keys.lookup(`id-card:${body.idCard.toUpperCase()}`);
          const patient = await trx
            .selectFrom('patientIdentifier')
            .select('patientId')
            .where('valueHash', '=', hash)
            .executeTakeFirst();
          if (!patient) throw notFound('patient with this document');
          const order = body.accessionNumber
            ? await trx
                .selectFrom('orders')
                .select('id')
                .where('accessionNumber', '=', body.accessionNumber)
                .where('patientId', '=', patient.patientId)
                .executeTakeFirst()
            : undefined;
          return trx
            .insertInto('hisCharge')
            .values({
              institutionId,
              patientId: patient.patientId,
              itemCode: body.itemCode,
              orderId: order?.id ?? null,
              amount: body.amount,
              chargedAt: new Date(body.at),
              reference: body.reference,
            })
            .returning('id')
            .executeTakeFirstOrThrow();
        },
      );
    },
  );
  settlementRoutes(ctx, router);
}

function settlementRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/settlement',
      summary: 'Sheets of a month per pair of institutions: as closed, else as they stand',
      access: 'quality.read',
      query: z.object({ period: month }),
    },
    async ({ query }) => {
      const closed = await readClosedSettlement(ctx.db, query.period);
      const ended = daysOfPeriod(query.period).last < localDate(ctx.clock.now());
      const shares = await ctx.db
        .selectFrom('setting')
        .select('value')
        .where('key', '=', 'settlement.shares')
        .executeTakeFirst();
      return {
        closed: closed.length > 0,
        closedAt: closed[0]?.closedAt ?? null,
        ended,
        shares: shares?.value ?? {},
        items: closed.length > 0 ? closed : await computeSettlement(ctx.db, query.period),
        nextCursor: null,
      };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/settlement/close',
      summary: 'Close an ended month',
      access: 'quality.review',
      body: z.object({ period: month }),
    },
    async ({ actor, body }) => ({ sheets: await closeSettlement(ctx, actor, body.period) }),
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/settlement/shares',
      summary: 'The reading institution’s share of the price by centre',
      access: 'quality.review',
      body: z.object({
        imaging: z.number().min(0).max(1),
        ecg: z.number().min(0).max(1),
        lab: z.number().min(0).max(1),
        pathology: z.number().min(0).max(1),
        sterilization: z.number().min(0).max(1),
      }),
    },
    async ({ actor, body }) =>
      audited(ctx, actor, { action: 'settlement.shares', detail: body }, async (trx) => {
        await sql`insert into setting (key, value, updated_by) values ('settlement.shares', ${JSON.stringify(body)}::jsonb, ${personId(actor)}) on conflict (key) do update set value = excluded.value, updated_by = excluded.updated_by, updated_at = now()`.execute(
          trx,
        );
        return body;
      }),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/settlement/recharged',
      summary: 'Adopted items that were charged again',
      access: 'quality.read',
      query: z.object({ from: z.iso.date(), to: z.iso.date() }),
    },
    async ({ query }) => ({ items: await findRecharged(ctx.db, query.from, query.to), nextCursor: null }),
  );
}
