import express, { type Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { can, personId, type Actor } from '../access/actor.ts';
import { audited } from '../admin/audited.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { badRequest, invalid, notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { CENTER_KINDS } from '../order/requestInput.ts';
import { dueOfStep, stepDays } from './raiseTicket.ts';
import { settingsOf } from './superviseTick.ts';
import { tellOfTicket } from './tellOfTicket.ts';
import { RULE_SETTINGS } from './ticketRules.ts';

const sites = (actor: Actor): string[] => [...new Set(actor.roles.map((held) => held.institutionId))];
const MEDIA: Record<string, (head: Buffer) => boolean> = {
  'application/pdf': (head) => head.subarray(0, 5).toString('latin1') === '%PDF-',
  'image/jpeg': (head) => head[0] === 0xff && head[1] === 0xd8,
  'image/png': (head) => head.subarray(1, 4).toString('latin1') === 'PNG',
};

/** Supervision beyond single acts: tickets by hand, their history, rules, steps, and documents as evidence. */
export function superviseRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/tickets',
      summary: 'Open a ticket by hand',
      access: 'quality.review',
      body: z.object({
        title: z.string().trim().min(1).max(200),
        institutionId: z.uuid().optional(),
        center: z.enum(CENTER_KINDS).optional(),
        orderId: z.uuid().optional(),
        note: z.string().max(2_000).optional(),
      }),
      status: 201,
    },
    async ({ actor, body }) => {
      const now = ctx.clock.now();
      return audited(ctx, actor, { action: 'ticket.open', detail: { title: body.title } }, async (trx) => {
        const steps = await stepDays(trx);
        const ticket = await trx
          .insertInto('ticket')
          .values({
            kind: 'manual',
            title: body.title,
            institutionId: body.institutionId ?? null,
            centerKind: body.center ?? null,
            orderId: body.orderId ?? null,
            openedBy: personId(actor),
            step: 1,
            dueAt: dueOfStep(steps, 1, now),
            createdAt: now,
          })
          .returning(['id', 'number', 'dueAt'])
          .executeTakeFirstOrThrow();
        await trx
          .insertInto('ticketEvent')
          .values({
            ticketId: ticket.id,
            kind: 'opened',
            at: now,
            actorId: personId(actor),
            note: body.note ?? null,
          })
          .execute();
        const { title, orderId = null, institutionId = null } = body;
        await tellOfTicket(trx, { id: ticket.id, title, orderId }, { institutionId });
        return ticket;
      });
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/tickets/:id/history',
      summary: 'Every act on a ticket with its evidence',
      access: ['ticket.work', 'quality.read'],
      params: idParams,
    },
    async ({ actor, params }) => {
      const ticket = await ctx.db
        .selectFrom('ticket')
        .select(['id', 'institutionId', 'responsibleId', 'detail'])
        .where('id', '=', params.id)
        .executeTakeFirst();
      const seen =
        ticket &&
        (can(actor, 'quality.read') ||
          ticket.responsibleId === personId(actor) ||
          sites(actor).includes(ticket.institutionId ?? ''));
      if (!seen) throw notFound('ticket', params.id);
      const { rows } =
        await sql`select e.id, e.kind, e.at, e.note, s.name as actor_name, e.detail, d.name as document_name, d.address as document_address
        from ticket_event e left join staff s on s.id = e.actor_id left join lateral (select * from supervision_document d where d.address = e.detail->>'evidenceAddress' limit 1) d on true where e.ticket_id = ${params.id} order by e.id`.execute(
          ctx.db,
        );
      return { items: rows, detail: ticket.detail, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/ticket-rules',
      summary: 'Rules that open tickets, and the steps of supervision',
      access: ['ticket.work', 'quality.read'],
    },
    async () => {
      const rules = await ctx.db.selectFrom('ticketRule').selectAll().orderBy('code').execute();
      return {
        steps: await stepDays(ctx.db),
        items: rules.map((rule) => ({
          ...rule,
          settings: settingsOf(rule.code, rule.settings),
          bounds: RULE_SETTINGS[rule.code] ?? {},
        })),
        nextCursor: null,
      };
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/ticket-rules/:code',
      summary: 'Set the numbers of a rule, switch it on or off',
      access: 'quality.review',
      params: z.object({ code: z.string().max(40) }),
      body: z.object({ active: z.boolean(), settings: z.record(z.string(), z.number()) }),
    },
    async ({ actor, params, body }) => {
      const bounds = Object.hasOwn(RULE_SETTINGS, params.code) && RULE_SETTINGS[params.code];
      if (!bounds) throw notFound('rule', params.code);
      const wrong = Object.entries(bounds).filter(
        ([name, { least, most }]) =>
          !(body.settings[name] !== undefined && body.settings[name] >= least && body.settings[name] <= most),
      );
      if (wrong.length > 0)
        throw invalid(
          'a number of the rule is out of its bounds',
          wrong.map(([name, { least, most }]) => ({
            path: `settings.${name}`,
            code: 'bounds',
            params: { least, most },
          })),
        );
      return audited(
        ctx,
        actor,
        { action: 'ticket.rule', subjectType: 'ticket-rule', subjectId: params.code, detail: body },
        (trx) =>
          trx
            .updateTable('ticketRule')
            .set({
              active: body.active,
              settings: JSON.stringify(settingsOf(params.code, body.settings)),
              updatedBy: personId(actor),
              updatedAt: ctx.clock.now(),
            })
            .where('code', '=', params.code)
            .returningAll()
            .executeTakeFirstOrThrow(),
      );
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/ticket-steps',
      summary: 'Days of the steps of supervision',
      access: 'quality.review',
      body: z.object({ days: z.array(z.number().min(0.04).max(365)).min(1).max(8) }),
    },
    async ({ actor, body }) =>
      audited(ctx, actor, { action: 'ticket.steps', detail: body }, async (trx) => {
        await sql`insert into setting (key, value, updated_by) values ('ticket.steps', ${JSON.stringify(body.days)}::jsonb, ${personId(actor)}) on conflict (key) do update set value = excluded.value, updated_by = excluded.updated_by, updated_at = now()`.execute(
          trx,
        );
        return { steps: body.days };
      }),
  );
  documentRoutes(ctx, router);
}

function documentRoutes(ctx: Context, router: Router): void {
  router.use('/documents', express.raw({ type: Object.keys(MEDIA), limit: '20mb' }));
  endpoint(
    router,
    {
      method: 'post',
      path: '/documents',
      summary: 'Keep a certificate, photograph or minute as evidence (PDF, JPEG or PNG in the body)',
      access: ['ticket.work', 'quality.review', 'recognition.manage'],
      bodyMedia: Object.keys(MEDIA),
      query: z.object({ name: z.string().trim().min(1).max(200) }),
      status: 201,
    },
    async ({ actor, query, req }) => {
      const bytes: unknown = req.body;
      const mediaType = (req.header('content-type') ?? '').split(';')[0] ?? '';
      if (!Buffer.isBuffer(bytes) || bytes.length === 0 || !MEDIA[mediaType]?.(bytes))
        throw badRequest('send a PDF, JPEG or PNG file up to 20 MB', [{ path: 'body', code: 'file-kind' }]);
      const { address } = await ctx.objects.put(bytes); // bytes first, then rows
      return audited(
        ctx,
        actor,
        { action: 'document.keep', subjectType: 'document', subjectId: address, detail: query },
        (trx) =>
          trx
            .insertInto('supervisionDocument')
            .values({
              address,
              name: query.name,
              mediaType,
              bytes: bytes.length,
              uploadedBy: personId(actor),
              uploadedAt: ctx.clock.now(),
            })
            .returning(['id', 'address', 'name'])
            .executeTakeFirstOrThrow(),
      );
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/documents/:address',
      summary: 'A kept document',
      access: ['ticket.work', 'quality.read', 'recognition.manage'],
      answerMedia: Object.keys(MEDIA),
      params: z.object({ address: z.string().regex(/^[0-9a-f]{64}$/) }),
    },
    async ({ actor, params, res }) => {
      const row = await ctx.db
        .selectFrom('supervisionDocument')
        .selectAll()
        .where('address', '=', params.address)
        .limit(1)
        .executeTakeFirst();
      if (!row) throw notFound('document', params.address);
      await recordAudit(ctx.db, actor, {
        action: 'document.read',
        subjectType: 'document',
        subjectId: row.address,
      });
      res.setHeader('Content-Type', row.mediaType);
      res.setHeader('Content-Disposition', `inline; filename*=UTF-8''${encodeURIComponent(row.name)}`);
      res.setHeader('Cache-Control', 'private, no-store');
      res.end(await ctx.objects.read(row.address));
      return undefined;
    },
  );
}
