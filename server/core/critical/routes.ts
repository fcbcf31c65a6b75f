import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { visibleOrders } from '../access/orderScope.ts';
import type { Context } from '../context.ts';
import { endpoint, idParams } from '../http.ts';
import { answerCritical } from './answerCritical.ts';
import { raiseCritical } from './raiseCritical.ts';
import { done } from '../answers.ts';
import { criticalAnswer } from './answers.ts';

const text = z.string().trim().min(1).max(2_000);
const answer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('notified'),
    channel: z.enum(['phone', 'screen', 'sms', 'in-person']),
    recipientName: text,
    readBack: text.optional(),
    result: z.enum(['reached', 'no-answer', 'failed']),
  }),
  z.object({ kind: z.literal('acknowledged'), readBack: text }),
  z.object({
    kind: z.literal('disposed'),
    disposition: text,
    patientReachedAt: z.iso.datetime({ offset: true }).optional(),
  }),
  z.object({ kind: z.literal('withdrawn'), reason: text }),
]);

export function criticalRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders/:id/critical',
      summary: 'Raise a critical value',
      access: 'critical.raise',
      answer: z.object({ id: z.uuid() }),
      params: idParams,
      body: z.object({
        finding: text,
        ruleCode: z.string().max(60).optional(),
        tier: z.enum(['critical', 'significant']).optional(),
      }),
      status: 201,
    },
    ({ actor, params, body }) => raiseCritical(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/critical/:id/answer',
      summary: 'Call, acknowledge, dispose or withdraw a critical value',
      access: ['critical.acknowledge', 'critical.raise'],
      answer: done,
      params: idParams,
      body: answer,
    },
    async ({ actor, params, body }) => {
      await answerCritical(ctx, actor, params.id, body);
      return { ok: true };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/critical',
      summary: 'Critical values the caller may see, open ones first',
      access: ['critical.acknowledge', 'critical.raise', 'quality.read'],
      answer: criticalAnswer,
      query: z.object({
        open: z.stringbool().default(true),
        orderId: z.uuid().optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
    },
    async ({ actor, query }) => {
      const open = query.open ? sql`c.state in ('open', 'notified', 'acknowledged')` : sql`true`;
      const one = query.orderId ? sql`o.id = ${query.orderId}` : sql`true`;
      const { rows } =
        await sql`select c.id, c.order_id, c.finding, c.tier, c.rule_code, c.state, c.step, c.found_at, c.notified_at, c.acknowledged_at, c.disposed_at, c.disposition, c.next_step_at, c.withdrawn_reason,
          o.accession_number, o.center_kind::text as center_kind, o.patient_name, o.item_name, o.priority::text as priority, i.short_name as institution_name, i.duty_phone, ri.short_name as reporting_institution_name, f.name as found_by, a.name as acknowledged_by,
          (select coalesce(json_agg(json_build_object('kind', e.kind, 'at', e.at, 'actor', s.name, 'recipient', e.recipient_name, 'channel', e.channel, 'readBack', e.read_back, 'result', e.result, 'detail', e.detail) order by e.id), '[]')
             from critical_event e left join staff s on s.id = e.actor_id where e.critical_value_id = c.id) as events
        from critical_value c join orders o on o.id = c.order_id join institution i on i.id = o.requesting_institution_id join institution ri on ri.id = o.reporting_institution_id
          left join staff f on f.id = c.found_by left join staff a on a.id = c.acknowledged_by
        where ${visibleOrders(actor, 'o')} and ${open} and ${one} order by (c.state in ('open','notified')) desc, c.found_at desc limit ${query.limit}`.execute(
          ctx.db,
        );
      return { items: rows, nextCursor: null };
    },
  );
}
