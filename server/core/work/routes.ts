import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { can, personId, requirePermission, type Actor } from '../access/actor.ts';
import { audited } from '../admin/audited.ts';
import type { Context } from '../context.ts';
import { notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { CENTER_KINDS } from '../order/requestInput.ts';
import { assignmentRule } from './assignFairly.ts';
import { readWorkload } from './readWorkload.ts';

const days = z.object({ from: z.iso.date(), to: z.iso.date(), center: z.enum(CENTER_KINDS).optional() });
const sites = (actor: Actor): string[] => [...new Set(actor.roles.map((held) => held.institutionId))];

/** Workload of readers, fair assignment, training notes and image feedback to the sites. */
export function workRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/work/load',
      summary: 'Work per reader and shift',
      access: ['quality.read', 'roster.edit'],
      query: days,
    },
    ({ query }) => readWorkload(ctx.db, query.from, query.to, query.center),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/work/assignment',
      summary: 'Rules of automatic assignment by centre',
      access: ['quality.read', 'roster.edit'],
    },
    async () => {
      const rows = await ctx.db
        .selectFrom('setting')
        .select(['key', 'value'])
        .where('key', 'like', 'assignment.%')
        .execute();
      return {
        items: ['imaging', 'ecg', 'pathology'].map((center) => ({
          center,
          ...(assignmentRule.safeParse(rows.find((row) => row.key === `assignment.${center}`)?.value).data ?? { on: false, mostOpen: 6 }), // prettier-ignore
        })),
        nextCursor: null,
      };
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/work/assignment/:center',
      summary: 'Switch fair assignment of a centre on or off',
      access: 'roster.edit',
      params: z.object({ center: z.enum(['imaging', 'ecg', 'pathology']) }),
      body: assignmentRule,
    },
    async ({ actor, params, body }) => {
      requirePermission(actor, 'roster.edit', { centerKind: params.center });
      return audited(
        ctx,
        actor,
        { action: 'work.assignment', subjectType: 'center', subjectId: params.center, detail: body },
        async (trx) => {
          await sql`insert into setting (key, value, updated_by) values (${`assignment.${params.center}`}, ${JSON.stringify(body)}::jsonb, ${personId(actor)}) on conflict (key) do update set value = excluded.value, updated_by = excluded.updated_by, updated_at = now()`.execute(
            trx,
          );
          return body;
        },
      );
    },
  );
  trainingRoutes(ctx, router);
}

function trainingRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/work/feedback',
      summary: 'Image grades and faults by site and technician, for feedback',
      access: ['quality.read', 'ticket.work'],
      query: days,
    },
    async ({ actor, query }) => {
      const all = can(actor, 'quality.read');
      const { rows } =
        await sql`select i.short_name as institution_name, count(*)::int as graded, count(*) filter (where g.grade = 'A')::int as a, count(*) filter (where g.grade = 'B')::int as b, count(*) filter (where g.grade = 'C')::int as c,
        (select json_agg(json_build_object('fault', f.fault, 'count', f.n) order by f.n desc) from (select fault, count(*)::int as n from image_grade x join orders y on y.id = x.order_id, unnest(x.faults) fault where y.performing_institution_id = i.id and x.superseded_at is null and x.graded_at >= ${`${query.from}T00:00:00+08:00`}::timestamptz and x.graded_at < ${`${query.to}T00:00:00+08:00`}::timestamptz + interval '1 day' group by 1) f) as faults
        from image_grade g join orders o on o.id = g.order_id join institution i on i.id = o.performing_institution_id
        where g.superseded_at is null and g.graded_at >= ${`${query.from}T00:00:00+08:00`}::timestamptz and g.graded_at < ${`${query.to}T00:00:00+08:00`}::timestamptz + interval '1 day' and ${all ? sql`true` : sql`i.id = any(${sites(actor)}::uuid[])`} group by i.id order by 2 desc limit 200`.execute(
          ctx.db,
        );
      return { items: rows, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/work/notes',
      summary: 'Training notes: all for quality, else (and with `mine`) those to one’s own site and person',
      access: ['quality.read', 'ticket.work'],
      query: z.object({ mine: z.stringbool().default(false) }),
    },
    async ({ actor, query }) => {
      const { rows } =
        await sql`select n.id, i.short_name as institution_name, p.name as staff_name, n.center_kind::text as center, n.topic, n.body, n.order_id, o.accession_number, a.name as created_by, n.created_at, r.name as read_by, n.read_at
        from training_note n join institution i on i.id = n.institution_id left join staff p on p.id = n.staff_id left join orders o on o.id = n.order_id join staff a on a.id = n.created_by left join staff r on r.id = n.read_by
        where ${can(actor, 'quality.read') && !query.mine ? sql`true` : sql`n.institution_id = any(${sites(actor)}::uuid[]) and (n.staff_id is null or n.staff_id = ${personId(actor)})`} order by n.created_at desc limit 200`.execute(
          ctx.db,
        );
      return { items: rows, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/work/notes',
      summary: 'Write a training note to a site or person',
      access: 'quality.review',
      body: z.object({
        institutionId: z.uuid(),
        staffId: z.uuid().optional(),
        center: z.enum(CENTER_KINDS),
        topic: z.string().trim().min(1).max(120),
        body: z.string().trim().min(1).max(4_000),
        orderId: z.uuid().optional(),
      }),
      status: 201,
    },
    async ({ actor, body }) =>
      audited(ctx, actor, { action: 'training.note', detail: { topic: body.topic } }, async (trx) => {
        const note = await trx
          .insertInto('trainingNote')
          .values({
            institutionId: body.institutionId,
            staffId: body.staffId ?? null,
            centerKind: body.center,
            topic: body.topic,
            body: body.body,
            orderId: body.orderId ?? null,
            createdBy: personId(actor),
            createdAt: ctx.clock.now(),
          })
          .returning('id')
          .executeTakeFirstOrThrow();
        await trx
          .insertInto('notification')
          .values({
            institutionId: body.institutionId,
            staffId: body.staffId ?? null,
            orderId: body.orderId ?? null,
            kind: 'training.note',
            body: JSON.stringify({ topic: body.topic }),
          })
          .execute();
        return note;
      }),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/work/notes/:id/read',
      summary: 'The site has read a note',
      access: 'ticket.work',
      params: idParams,
    },
    async ({ actor, params }) => {
      const row = await ctx.db
        .updateTable('trainingNote')
        .set({ readBy: personId(actor), readAt: ctx.clock.now() })
        .where('id', '=', params.id)
        .where('readAt', 'is', null)
        .where('institutionId', 'in', sites(actor))
        .where((eb) => eb.or([eb('staffId', 'is', null), eb('staffId', '=', personId(actor))]))
        .returning('id')
        .executeTakeFirst();
      if (!row) throw notFound('unread note', params.id);
      return { ok: true };
    },
  );
}
