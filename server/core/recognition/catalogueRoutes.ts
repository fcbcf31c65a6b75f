import type { Router } from 'express';
import { z } from 'zod';
import { personId, requirePermission, requirePermissionOver } from '../access/actor.ts';
import { audited } from '../admin/audited.ts';
import type { Context } from '../context.ts';
import { notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { CENTER_KINDS } from '../order/requestInput.ts';
import { RANGES } from './ranges.ts';

/** What is recognised and on what evidence; both stand on a public page. */
export function catalogueRoutes(ctx: Context, router: Router): void {
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
      body: z
        .object({
          eligible: z.boolean(),
          exceptionNote: z.string().trim().max(300).nullish(),
          validityDays: z.number().int().min(0).max(3_650),
          countsFrom: z.enum(['examination', 'report']).default('examination'),
        })
        .refine((item) => item.eligible || Boolean(item.exceptionNote), {
          path: ['exceptionNote'],
          message: 'an item that is excepted says why',
          params: { code: 'required' },
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
            .select('centerKind')
            .where('code', '=', params.code)
            .executeTakeFirst();
          if (!known) throw notFound('item', params.code);
          requirePermission(actor, 'recognition.manage', { centerKind: known.centerKind });
          const values = {
            ...body,
            exceptionNote: body.exceptionNote || null,
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
          message: 'the end of validity lies before its start',
          params: { code: 'period' },
        }),
      status: 201,
    },
    async ({ actor, body }) => {
      requirePermissionOver(actor, 'recognition.manage', { centerKind: body.centerKind ?? null });
      return audited(
        ctx,
        actor,
        { action: 'recognition.evidence', subjectType: 'quality-evidence', detail: body },
        (trx) =>
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
      );
    },
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
          requirePermissionOver(actor, 'recognition.manage', { centerKind: row.centerKind });
          return row;
        },
      ),
  );
}
