import type { Router } from 'express';
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { can, personId, type Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { endpoint, idParams } from '../http.ts';
import { TITLE_FACTS } from '../ticket/titleFacts.ts';

/** Notifications to the caller or his site, and tickets 督办单 of his site or that he answers for. */
export function ticketRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    { method: 'get', path: '/notifications', summary: 'Unread notifications', access: 'signed-in' },
    async ({ actor }) => {
      const { rows } = await sql<{
        body: { ticketId?: string };
      }>`select id, order_id, kind, body, created_at from notification where read_at is null and ${concerns(actor)} order by created_at desc limit 100`.execute(
        ctx.db,
      );
      const tickets = await sql<{
        id: string;
      }>`select t.id, ${TITLE_FACTS} from ticket t where t.id = any(${rows.flatMap(({ body }) => body.ticketId ?? [])}::uuid[])`.execute(
        ctx.db,
      );
      const items = rows.map((row) => {
        const ticket = tickets.rows.find(({ id }) => id === row.body.ticketId);
        return ticket ? { ...row, ticket } : row;
      });
      return { items, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/notifications/:id/read',
      summary: 'Mark as read',
      access: 'signed-in',
      params: idParams,
    },
    async ({ actor, params }) => {
      await sql`update notification set read_at = now() where id = ${params.id} and ${concerns(actor)}`.execute(
        ctx.db,
      );
      return { ok: true };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/tickets',
      summary: 'Tickets',
      access: ['ticket.work', 'quality.read'],
      query: z.object({
        state: z.enum(['open', 'feedback', 'verified', 'closed', 'reopened']).optional(),
        /** The cases of a cluster; without it they stand behind their cluster only. */
        cluster: z.uuid().optional(),
      }),
    },
    async ({ actor, query }) => {
      const { rows } =
        await sql`select t.id, t.number, ${TITLE_FACTS}, t.state, t.due_at, t.created_at, t.closed_at, t.order_id, t.step, t.recurrences, t.institution_id, s.name as responsible
      from ticket t left join staff s on s.id = t.responsible_id
      where ${can(actor, 'quality.read') ? sql`true` : sql`(t.institution_id = any(${sites(actor)}::uuid[]) or t.responsible_id = ${personId(actor)})`} and ${query.state ? sql`t.state = ${query.state}` : sql`true`} and ${query.cluster ? sql`t.cluster_id = ${query.cluster}` : sql`t.cluster_id is null`}
      order by (t.state = 'closed'), (t.kind in ('turnaround', 'unread')), t.created_at desc limit 200`.execute(
          ctx.db,
        );
      return { items: rows, nextCursor: null };
    },
  );
}

const sites = (actor: Actor): string[] => [...new Set(actor.roles.map((held) => held.institutionId))];

/**
 * Notices to the person himself, and those to his site that are for his kind of work: what one person has read is read
 * for the whole site, so nobody is shown what others must act on.
 */
function concerns(actor: Actor): RawBuilder<boolean> {
  const kinds = [
    ...(can(actor, 'ticket.work') ? ['ticket.%'] : []),
    ...(can(actor, 'order.request') || can(actor, 'bench.work', { centerKind: 'sterilization' })
      ? ['sterilization.%']
      : []),
    ...(can(actor, 'order.request') || can(actor, 'input.upload')
      ? [
          'report.%',
          'specimen.%',
          'image-graded',
          'input-graded',
          'notifiable.%',
          'critical%',
          'training.note',
          'late-input',
        ]
      : []),
  ];
  return sql<boolean>`(staff_id = ${personId(actor)} or (staff_id is null and institution_id = any(${sites(actor)}::uuid[]) and kind like any(${kinds}::text[])))`;
}
