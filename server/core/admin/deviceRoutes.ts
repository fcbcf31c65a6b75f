import type { Router } from 'express';
import { z } from 'zod';
import { isFingerprint } from '../../standards/identity/certificateFingerprint.ts';
import type { Context } from '../context.ts';
import { invalid, notFound } from '../errors.ts';
import { endpoint, idParams, someOf } from '../http.ts';
import { audited } from './audited.ts';
import { clean } from './institutionRoutes.ts';

const body = z.object({
  kind: z.enum(['dicom', 'hl7', 'analyzer', 'ecg', 'sterilizer', 'scanner', 'algorithm']),
  name: z.string().trim().min(1).max(80),
  institutionId: z.uuid().nullish(),
  aeTitle: z
    .string()
    .regex(/^[\x20-\x7e]{1,16}$/)
    .nullish(),
  address: z.string().max(80).nullish(),
  hl7Sender: z.string().max(200).nullish(),
  certificateFingerprint: z
    .string()
    .refine(isFingerprint, {
      message: 'SHA-256 fingerprint: 64 hexadecimal digits',
      params: { code: 'fingerprint' },
    })
    .nullish(),
  dicomPort: z.number().int().min(1).max(65_535).nullish(),
  modality: z.string().max(16).nullish(),
  clockOffsetMs: z.number().int().nullish(),
  state: z.enum(['unknown', 'admitted', 'blocked']).optional(),
});

export function deviceRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/devices',
      summary: 'Devices, unknown callers first',
      access: ['admin.device', 'quality.read'],
    },
    async () => {
      const items = await ctx.db
        .selectFrom('device')
        .leftJoin('institution', 'institution.id', 'device.institutionId')
        .selectAll('device')
        .select('institution.shortName as institutionName')
        .orderBy((eb) => eb.case('device.state').when('unknown').then(0).else(1).end())
        .orderBy('device.name')
        .limit(1_000)
        .execute();
      return { items, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/devices',
      summary: 'Register a device',
      access: 'admin.device',
      body,
      status: 201,
    },
    async ({ actor, body: input }) => {
      const device = {
        state: input.institutionId ? ('admitted' as const) : ('unknown' as const),
        ...clean(input),
      };
      requireSite(device);
      return audited(ctx, actor, { action: 'device.create', subjectType: 'device', detail: input }, (trx) =>
        trx.insertInto('device').values(device).returningAll().executeTakeFirstOrThrow(),
      );
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/devices/:id',
      summary: 'Change, admit or block a device',
      access: 'admin.device',
      params: idParams,
      body: someOf(body),
    },
    async ({ actor, params, body: input }) =>
      audited(
        ctx,
        actor,
        { action: 'device.change', subjectType: 'device', subjectId: params.id, detail: input },
        async (trx) => {
          const known = await trx
            .selectFrom('device')
            .select(['state', 'institutionId'])
            .where('id', '=', params.id)
            .forUpdate()
            .executeTakeFirst();
          if (!known) throw notFound('device', params.id);
          requireSite({ ...known, ...clean(input) });
          return trx
            .updateTable('device')
            .set(clean(input))
            .where('id', '=', params.id)
            .returningAll()
            .executeTakeFirstOrThrow();
        },
      ),
  );
}

/** What a device sends belongs to a site: one of no site is not admitted. */
function requireSite(device: { state: string; institutionId?: string | null }): void {
  if (device.state === 'admitted' && !device.institutionId)
    throw invalid('a device is admitted for a site', [{ path: 'institutionId', code: 'required' }]);
}
