import type { Router } from 'express';
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { can, personId, type Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { endpoint, idParams } from '../http.ts';

/** Notifications to the caller or his site, and tickets 督办单 in his reach. */
export function ticketRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    { method: 'get', path: '/notifications', summary: 'Unread notifications', access: 'signed-in' },
    async ({ actor }) => {
      const { rows } =
        await sql`select id, order_id, kind, body, created_at from notification where read_at is null and ${concerns(actor)} order by created_at desc limit 100`.execute(
          ctx.db,
        );
      return { items: rows, nextCursor: null };
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
        await sql`select t.id, t.number, t.kind, t.title, t.state, t.due_at, t.created_at, t.closed_at, t.order_id, t.step, t.recurrences, t.rule_code, t.detail, (select count(*)::int from ticket m where m.cluster_id = t.id) as members, t.institution_id, i.short_name as institution_name, s.name as responsible,
        o.accession_number, case when t.rule_code = 'unread-cluster' then split_part(t.source_key, ':', 3) end as month,
        (select coalesce(p.name_en, p.name) from turnaround_policy p where (t.kind = 'turnaround' and p.id::text = split_part(t.source_key, ':', 3)) or (t.rule_code = 'breach-cluster' and p.code = split_part(t.source_key, ':', 2)) order by p.version desc limit 1) as policy_name_en,
        (select coalesce(c.name_en, c.name) from quality_evidence e join catalogue_item c on c.code = e.item_code where t.rule_code = 'evidence-expiry' and e.id::text = t.detail->>'evidenceId') as item_name_en
      from ticket t left join institution i on i.id = t.institution_id left join staff s on s.id = t.responsible_id left join orders o on o.id = t.order_id
      where ${can(actor, 'quality.read') ? sql`true` : sql`t.institution_id = any(${sites(actor)}::uuid[])`} and ${query.state ? sql`t.state = ${query.state}` : sql`true`} and ${query.cluster ? sql`t.cluster_id = ${query.cluster}` : sql`t.cluster_id is null`}
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
      ? ['report.%', 'specimen.%', 'image-graded', 'notifiable.%', 'critical', 'training.note', 'late-input']
      : []),
  ];
  return sql<boolean>`(staff_id = ${personId(actor)} or (staff_id is null and institution_id = any(${sites(actor)}::uuid[]) and kind like any(${kinds}::text[])))`;
}
