import type { Router } from 'express';
import { z } from 'zod';
import type { CenterKind } from '../../../db/types.ts';
import { can, requirePermission, type Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { invalid, notFound } from '../errors.ts';
import { endpoint, someOf } from '../http.ts';
import { audited } from './audited.ts';

/** Classes by which turnaround policies tell items apart, of the centres whose items are kept here. */
const CLASSES = {
  imaging: ['xray', 'ct-mr', 'us', 'other'],
  ecg: ['ecg-12', 'holter', 'other'],
  pathology: ['small-biopsy', 'histology', 'frozen', 'cytology', 'consultation', 'other'],
} as const;
const CENTERS = ['imaging', 'ecg', 'pathology'] as const;

const facts = z.object({
  name: z.string().trim().min(1).max(80),
  nameEn: z.string().trim().min(1).max(80),
  itemClass: z.string().max(40),
  /** DICOM (0008,0060), by which a device's worklist finds the order. */
  modality: z
    .string()
    .regex(/^[A-Z]{2,16}$/, 'a DICOM modality, e.g. DX, CT, MR, US')
    .nullish(),
  /** DICOM (0018,0015). */
  bodyPart: z
    .string()
    .regex(/^[A-Z][A-Z0-9_ ]{0,15}$/, 'a DICOM body part, e.g. CHEST, LSPINE')
    .nullish(),
  /** Items of one request with the same group share an order, and so a report. */
  reportGroup: z.string().trim().max(40).nullish(),
  price: z.number().min(0).max(1_000_000).nullish(),
  active: z.boolean(),
});
const code = z.string().regex(/^[A-Z0-9._-]{1,40}$/, 'capitals, digits, dot, underscore and hyphen');

/** What can be ordered of imaging, ECG and pathology; laboratory and sterile supply keep their own catalogues. */
export function itemRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/items',
      summary: 'Items of imaging, ECG and pathology, also those no longer offered',
      access: ['admin.settings', 'policy.edit'],
    },
    async ({ actor }) => {
      const items = await ctx.db
        .selectFrom('catalogueItem')
        .selectAll()
        .where(
          'centerKind',
          'in',
          CENTERS.filter((center) => maySet(actor, center)),
        )
        .orderBy('centerKind')
        .orderBy('code')
        .limit(5_000)
        .execute();
      return { items, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/items',
      summary: 'Add an item to order',
      access: ['admin.settings', 'policy.edit'],
      body: facts
        .partial({ active: true })
        .extend({ code, centerKind: z.enum(CENTERS) })
        .refine(hasClass, {
          path: ['itemClass'],
          message: 'not a class of this centre',
          params: { code: 'item-class' },
        }),
      status: 201,
    },
    async ({ actor, body }) => {
      mustSet(actor, body.centerKind);
      return audited(
        ctx,
        actor,
        { action: 'item.create', subjectType: 'catalogue-item', subjectId: body.code, detail: body },
        (trx) =>
          trx
            .insertInto('catalogueItem')
            .values({ ...body, active: body.active ?? true })
            .returningAll()
            .executeTakeFirstOrThrow(),
      );
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/items/:code',
      summary: 'Change an item; orders placed before keep what they were placed under',
      access: ['admin.settings', 'policy.edit'],
      params: z.object({ code }),
      body: someOf(facts),
    },
    async ({ actor, params, body }) =>
      audited(
        ctx,
        actor,
        { action: 'item.change', subjectType: 'catalogue-item', subjectId: params.code, detail: body },
        async (trx) => {
          const known = await trx
            .selectFrom('catalogueItem')
            .select('centerKind')
            .where('code', '=', params.code)
            .where('centerKind', 'in', CENTERS)
            .forUpdate()
            .executeTakeFirst();
          if (!known) throw notFound('item', params.code);
          mustSet(actor, known.centerKind);
          const { itemClass } = body;
          if (itemClass !== undefined && !hasClass({ centerKind: known.centerKind, itemClass }))
            throw invalid('the item is not valid', [{ path: 'itemClass', code: 'item-class' }]);
          return trx
            .updateTable('catalogueItem')
            .set(body)
            .where('code', '=', params.code)
            .returningAll()
            .executeTakeFirstOrThrow();
        },
      ),
  );
}

const hasClass = (item: { centerKind: string; itemClass: string }) =>
  (CLASSES as Record<string, readonly string[]>)[item.centerKind]?.includes(item.itemClass) ?? false;

const maySet = (actor: Actor, centerKind: CenterKind) =>
  can(actor, 'admin.settings') || can(actor, 'policy.edit', { centerKind });

function mustSet(actor: Actor, centerKind: CenterKind): void {
  if (!maySet(actor, centerKind)) requirePermission(actor, 'policy.edit', { centerKind });
}
