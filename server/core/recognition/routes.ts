import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { personId, requirePermission } from '../access/actor.ts';
import { visibleOrders } from '../access/orderScope.ts';
import { audited } from '../admin/audited.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { invalid, notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { CENTER_KINDS, patientInput, requestInput } from '../order/requestInput.ts';
import { findPatients } from '../patient/findOrCreatePatient.ts';
import { brief } from '../report/routes.ts';
import { decidePrompts } from './decidePrompts.ts';
import { findEarlierResults } from './findEarlierResults.ts';
import { readPastPrompts, readPrompts, readRecognition, RECOGNITION_GROUPS } from './figures.ts';
import { RANGES, REPEAT_REASONS } from './ranges.ts';

export function recognitionRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/recognition/items',
      summary: 'Catalogue of recognised items with validity and exceptions',
      access: 'public',
    },
    async () => {
      const items = await ctx.db
        .selectFrom('recognitionItem as r')
        .innerJoin('catalogueItem as c', 'c.code', 'r.itemCode')
        .select([
          'r.itemCode',
          'c.name',
          'c.nameEn',
          'c.centerKind',
          'c.price',
          'r.eligible',
          'r.exceptionNote',
          'r.validityDays',
          'r.countsFrom',
        ])
        .orderBy('c.centerKind')
        .orderBy('r.itemCode')
        .limit(5_000)
        .execute();
      return { items, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/recognition/items/:code',
      summary: 'Set validity or an exception',
      access: 'recognition.manage',
      params: z.object({ code: z.string().max(40) }),
      body: z.object({
        eligible: z.boolean(),
        exceptionNote: z.string().max(300).nullish(),
        validityDays: z.number().int().min(0).max(3_650),
        countsFrom: z.enum(['examination', 'report']).default('examination'),
      }),
    },
    async ({ actor, params, body }) =>
      audited(
        ctx,
        actor,
        { action: 'recognition.item', subjectType: 'catalogue-item', subjectId: params.code, detail: body },
        async (trx) => {
          const known = await trx
            .selectFrom('catalogueItem')
            .select('code')
            .where('code', '=', params.code)
            .executeTakeFirst();
          if (!known) throw notFound('item', params.code);
          const values = {
            ...body,
            exceptionNote: body.exceptionNote ?? null,
            updatedBy: personId(actor),
            updatedAt: ctx.clock.now(),
          };
          return trx
            .insertInto('recognitionItem')
            .values({ itemCode: params.code, ...values })
            .onConflict((oc) => oc.column('itemCode').doUpdateSet(values))
            .returningAll()
            .executeTakeFirstOrThrow();
        },
      ),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/recognition/evidence',
      summary: 'Quality evidence of sites; the public page of recognised sites',
      access: 'public',
    },
    async () => {
      const items = await ctx.db
        .selectFrom('qualityEvidence as e')
        .innerJoin('institution as i', 'i.id', 'e.institutionId')
        .select([
          'e.id',
          'i.shortName as institutionName',
          'e.institutionId',
          'e.centerKind',
          'e.itemCode',
          'e.recognitionRange',
          'e.evaluator',
          'e.validFrom',
          'e.validTo',
          'e.source',
          'e.documentAddress',
          'e.revokedAt',
          'e.revokeReason',
        ])
        .orderBy('i.code')
        .orderBy('e.validTo', 'desc')
        .limit(5_000)
        .execute();
      return { items, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/recognition/evidence',
      summary: 'Enter quality evidence',
      access: 'recognition.manage',
      body: z
        .object({
          institutionId: z.uuid(),
          centerKind: z.enum(CENTER_KINDS).nullish(),
          itemCode: z.string().max(40).nullish(),
          recognitionRange: z.enum(RANGES),
          evaluator: z.string().trim().min(1).max(200),
          validFrom: z.iso.date(),
          validTo: z.iso.date(),
          source: z.enum(['evaluation', 'eqa', 'certificate', 'upload']),
          documentAddress: z
            .string()
            .regex(/^[0-9a-f]{64}$/)
            .nullish(),
        })
        .refine((body) => body.validTo >= body.validFrom, {
          path: ['validTo'],
          message: '有效期止须不早于起',
        }),
      status: 201,
    },
    async ({ actor, body }) =>
      audited(ctx, actor, { action: 'recognition.evidence', detail: body }, (trx) =>
        trx
          .insertInto('qualityEvidence')
          .values({
            ...body,
            centerKind: body.centerKind ?? null,
            itemCode: body.itemCode ?? null,
            documentAddress: body.documentAddress ?? null,
            createdBy: personId(actor),
          })
          .returningAll()
          .executeTakeFirstOrThrow(),
      ),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/recognition/evidence/:id/revoke',
      summary: 'Revoke evidence; signed labels stay as they were',
      access: 'recognition.manage',
      params: idParams,
      body: z.object({ reason: z.string().trim().min(1).max(300) }),
    },
    async ({ actor, params, body }) =>
      audited(
        ctx,
        actor,
        { action: 'recognition.revoke', subjectType: 'quality-evidence', subjectId: params.id, detail: body },
        async (trx) => {
          const row = await trx
            .updateTable('qualityEvidence')
            .set({ revokedAt: ctx.clock.now(), revokeReason: body.reason })
            .where('id', '=', params.id)
            .where('revokedAt', 'is', null)
            .returningAll()
            .executeTakeFirst();
          if (!row) throw notFound('evidence in force', params.id);
          return row;
        },
      ),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/recognition/check',
      summary: 'Earlier results of a patient for items that are about to be ordered; nothing is counted',
      access: 'order.request',
      body: z.object({
        items: requestInput.shape.items,
        identifiers: patientInput.shape.identifiers.unwrap().min(1),
      }),
    },
    async ({ actor, body }) => {
      const institutionId = actor.institutionId;
      if (!institutionId) throw invalid('a request comes from an institution');
      requirePermission(actor, 'order.request', { institutionId });
      const [patientId] = await findPatients(ctx, ctx.db, body.identifiers, institutionId);
      if (!patientId) return { items: [], nextCursor: null };
      const codes = body.items.map((item) => item.code);
      const items = await findEarlierResults(ctx, ctx.db, patientId, codes, ctx.clock.now());
      await recordAudit(ctx.db, actor, {
        action: 'recognition.check',
        subjectType: 'patient',
        subjectId: patientId,
        patientId,
        detail: { items: codes, found: items.length },
      });
      return { items, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/recognition/pending',
      summary: 'Prompts that wait for a decision',
      access: 'recognition.decide',
    },
    async ({ actor }) => {
      const { rows } =
        await sql`select p.id, p.item_code || ':' || p.signed_report_id as prompt_id, p.item_code, c.name as item_name, p.order_id, o.accession_number, o.patient_name, o.status::text as status, p.emergency, p.label, p.prompted_at, p.due_at, p.source_order_id,
        s.content->>'impression' as impression, s.signed_at, src.accession_number as source_accession_number, i.short_name as source_institution_name
      from recognition_prompt p join orders o on o.id = p.order_id join catalogue_item c on c.code = p.item_code join signed_report s on s.id = p.signed_report_id join orders src on src.id = p.source_order_id join institution i on i.id = src.performing_institution_id
      where p.decision is null and ${visibleOrders(actor, 'o')} order by p.prompted_at limit 200`.execute(
          ctx.db,
        );
      return { items: rows, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders/:id/recognition',
      summary: 'Decide on the prompts of an order',
      access: 'recognition.decide',
      params: idParams,
      body: requestInput.pick({ recognitionDecisions: true }).required(),
    },
    async ({ actor, params, body }) =>
      brief(await decidePrompts(ctx, actor, params.id, body.recognitionDecisions)),
  );
  const days = z.object({ from: z.iso.date(), to: z.iso.date() });
  endpoint(
    router,
    {
      method: 'get',
      path: '/recognition/figures',
      summary: 'Prompts, adoptions and savings by site, clinician, item, month or recognised site',
      access: ['figures.read', 'quality.read'],
      query: days.extend({ by: z.enum(RECOGNITION_GROUPS).default('site') }),
    },
    async ({ actor, query }) => {
      // Names of doctors are for quality staff, not for the bureau's figures.
      if (query.by === 'clinician') requirePermission(actor, 'quality.read');
      return {
        ...(await readRecognition(ctx.db, query.from, query.to, query.by)),
        formula: 'rate = adopted / prompts',
        nextCursor: null,
      };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/recognition/past-prompts',
      summary: 'Who orders past prompts',
      access: 'quality.read',
      query: days,
    },
    async ({ query }) => ({
      items: await readPastPrompts(ctx.db, query.from, query.to),
      nextCursor: null,
    }),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/recognition/prompts',
      summary: 'The prompts behind a figure',
      access: 'quality.read',
      query: days.extend({
        by: z.enum(RECOGNITION_GROUPS).default('site'),
        name: z.string().max(200).optional(),
        decision: z.enum(['adopt', 'repeat', 'none']).optional(),
        reason: z.enum(REPEAT_REASONS).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(100),
      }),
    },
    async ({ actor, query }) => {
      await recordAudit(ctx.db, actor, { action: 'recognition.prompts', detail: query });
      return { items: await readPrompts(ctx.db, { ...query, group: query.by }), nextCursor: null };
    },
  );
}
