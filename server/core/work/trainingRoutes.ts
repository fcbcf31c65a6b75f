import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { can, personId, type Actor } from '../access/actor.ts';
import { audited } from '../admin/audited.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { invalid, notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { CENTER_KINDS } from '../order/requestInput.ts';
import { readFeedback } from './readFeedback.ts';

const sites = (actor: Actor): string[] => [...new Set(actor.roles.map((held) => held.institutionId))];

async function requireStaffOf(trx: Transaction, institutionId: string, staffId: string): Promise<void> {
  const person = await trx
    .selectFrom('staff')
    .select('id')
    .where('id', '=', staffId)
    .where('institutionId', '=', institutionId)
    .where('active', '=', true)
    .executeTakeFirst();
  if (!person)
    throw invalid('this person does not work there', [{ path: 'staffId', code: 'staff-of-other-site' }]);
}

/** Feedback to those who make images, traces and specimens, and training notes to sites and persons. */
export function trainingRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/work/feedback',
      summary: 'Grades and faults of images, traces and specimens by site, for feedback',
      access: ['quality.read', 'ticket.work'],
      query: z.object({ from: z.iso.date(), to: z.iso.date() }),
    },
    async ({ actor, query }) => ({
      items: await readFeedback(ctx.db, query, can(actor, 'quality.read') ? undefined : sites(actor)),
      nextCursor: null,
    }),
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
        if (body.staffId) await requireStaffOf(trx, body.institutionId, body.staffId);
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
