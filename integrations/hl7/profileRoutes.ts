import { sql } from 'kysely';
import type { Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../../server/core/audit/recordAudit.ts';
import { requirePermission } from '../../server/core/access/actor.ts';
import type { Context } from '../../server/core/context.ts';
import { notFound } from '../../server/core/errors.ts';
import { endpoint, idParams } from '../../server/core/http.ts';
import { tryEndpoint } from './outbound/tryEndpoint.ts';

const institutionParams = z.object({ institution: z.string().max(40) });
const fingerprint = z
  .string()
  .trim()
  .transform((text) => text.replace(/[^0-9A-Fa-f]/g, '').toUpperCase())
  .refine((text) => text.length === 64, {
    message: 'SHA-256 fingerprint: 64 hexadecimal digits',
    params: { code: 'fingerprint' },
  })
  .transform((text) => (text.match(/../g) ?? []).join(':'));

const endpointInput = z.object({
  host: z.string().trim().min(1).max(200),
  port: z.number().int().min(1).max(65535),
  tls: z.boolean().default(false),
  tlsFingerprint: fingerprint.nullish(),
  receivingApplication: z.string().max(80).default('HIS'),
  receivingFacility: z.string().max(80).nullish(),
  version: z.enum(['2.3', '2.3.1', '2.4', '2.5', '2.5.1', '2.6']).default('2.4'),
  charset: z.enum(['utf-8', 'gb18030', 'us-ascii', 'iso-8859-1']).default('utf-8'),
  pdf: z.enum(['ED', 'RP', 'none']).default('ED'),
  centers: z
    .array(z.enum(['imaging', 'ecg', 'lab', 'pathology', 'sterilization']))
    .default(['imaging', 'ecg', 'lab', 'pathology']),
  quirks: z
    .object({
      charsetName: z.string().max(30).nullish(),
      splitNames: z.boolean().optional(),
      omitPdf: z.boolean().optional(),
      sendingApplication: z.string().max(60).nullish(),
      sendingFacility: z.string().max(60).nullish(),
      noTimeZone: z.boolean().optional(),
      textType: z.enum(['FT', 'TX', 'ST']).nullish(),
      splitLines: z.boolean().optional(),
      idCardType: z.string().max(20).nullish(),
    })
    .default({}),
  ackTimeoutSeconds: z.number().int().min(1).max(300).default(15),
  active: z.boolean().default(true),
});

const senderInput = z.object({
  silentMinutes: z.number().int().min(0).max(100_000).nullable(),
  quirks: z.object({ plainAck: z.boolean().optional() }).default({}),
});

/** `/api/hl7/endpoints` and `/api/hl7/senders`: who receives results and who sends, and how each wants it. */
export function profileRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/hl7/endpoints',
      summary: 'Where results go, and what waits there',
      access: 'admin.device',
    },
    async () => ({ items: await listEndpoints(ctx), nextCursor: null }),
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/hl7/endpoints/:institution',
      summary: 'Set the profile of an institution',
      access: 'admin.device',
      params: institutionParams,
      body: endpointInput,
    },
    async ({ actor, params, body }) => {
      requirePermission(actor, 'admin.device');
      return ctx.db.transaction().execute(async (trx) => {
        const institution = await trx
          .selectFrom('institution')
          .select(['id', 'code'])
          .where('code', '=', params.institution)
          .executeTakeFirst();
        if (!institution) throw notFound('institution', params.institution);
        const { quirks, centers, ...rest } = body;
        const values = {
          ...rest,
          tlsFingerprint: body.tlsFingerprint ?? null,
          receivingFacility: body.receivingFacility ?? institution.code,
          quirks: JSON.stringify(quirks),
          centers,
          updatedBy: actor.kind === 'staff' ? actor.id : null,
          updatedAt: ctx.clock.now(),
        };
        const row = await trx
          .insertInto('hl7Endpoint')
          .values({ institutionId: institution.id, ...values })
          .onConflict((oc) => oc.column('institutionId').doUpdateSet(values))
          .returningAll()
          .executeTakeFirstOrThrow();
        await recordAudit(trx, actor, {
          action: 'hl7.endpoint',
          subjectType: 'institution',
          subjectId: institution.id,
          detail: body,
        });
        return { ...row, centers };
      });
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/hl7/endpoints/:institution/try',
      summary: 'Open a connection to the receiver and close it: nothing is sent',
      access: 'admin.device',
      params: institutionParams,
    },
    ({ actor, params }) => tryEndpoint(ctx, actor, params.institution),
  );
  endpoint(
    router,
    { method: 'get', path: '/hl7/senders', summary: 'Who sends, and when last', access: 'admin.device' },
    async () => ({ items: await listSenders(ctx), nextCursor: null }),
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/hl7/senders/:id',
      summary: 'When a sender counts as silent, and its quirks',
      access: 'admin.device',
      params: idParams,
      body: senderInput,
    },
    async ({ actor, params, body }) => {
      requirePermission(actor, 'admin.device');
      return ctx.db.transaction().execute(async (trx) => {
        const row = await trx
          .updateTable('device')
          .set({
            silentMinutes: body.silentMinutes,
            settings: sql`settings || ${JSON.stringify({ hl7: body.quirks })}::jsonb`,
          })
          .where('id', '=', params.id)
          .where('kind', 'in', ['hl7', 'analyzer'])
          .returning(['id', 'silentMinutes', 'settings'])
          .executeTakeFirst();
        if (!row) throw notFound('sender', params.id);
        await recordAudit(trx, actor, {
          action: 'hl7.sender',
          subjectType: 'device',
          subjectId: params.id,
          detail: body,
        });
        return row;
      });
    },
  );
}

function listEndpoints(ctx: Pick<Context, 'db'>) {
  return (
    ctx.db
      .selectFrom('hl7Endpoint as e')
      .innerJoin('institution as i', 'i.id', 'e.institutionId')
      .selectAll('e')
      .select(['i.code as institution', 'i.shortName as institutionName'])
      // pg hands out an array of an enumeration as one text.
      .select(sql<string[]>`e.centers::text[]`.as('centers'))
      .select((eb) => {
        const inState = (state: string) =>
          eb
            .selectFrom('outbox as o')
            .select((count) => count.fn.countAll<number>().as('n'))
            .where('o.destination', '=', sql<string>`'hl7:' || i.code`)
            .where('o.state', '=', state);
        return [
          inState('waiting').as('waiting'),
          inState('dead').as('dead'),
          inState('ambiguous').as('ambiguous'),
          eb
            .selectFrom('outbox as o')
            .select((last) => last.fn.max('o.sentAt').as('at'))
            .where('o.destination', '=', sql<string>`'hl7:' || i.code`)
            .as('lastSentAt'),
        ];
      })
      .orderBy('i.code')
      .execute()
  );
}

function listSenders(ctx: Pick<Context, 'db' | 'clock'>) {
  const today = new Date(ctx.clock.now().getTime() - 86_400_000);
  return ctx.db
    .selectFrom('device as d')
    .leftJoin('institution as i', 'i.id', 'd.institutionId')
    .select([
      'd.id',
      'd.kind',
      'd.name',
      'd.hl7Sender as sender',
      'd.address',
      'd.certificateFingerprint',
      'd.state',
      'd.lastSeenAt',
      'd.attempts',
      'd.silentMinutes',
      'd.settings',
      'i.shortName as institutionName',
    ])
    .select((eb) => {
      const of = (states?: string[]) =>
        eb
          .selectFrom('hl7Message as m')
          .select((count) => count.fn.countAll<number>().as('n'))
          .whereRef('m.deviceId', '=', 'd.id')
          .where('m.direction', '=', 'in')
          .where('m.receivedAt', '>', today)
          .$if(states !== undefined, (qb) => qb.where('m.state', 'in', states ?? []));
      return [
        of().as('messagesDay'),
        of(['refused', 'rejected', 'failed', 'conflict', 'held']).as('problemsDay'),
      ];
    })
    .where('d.kind', 'in', ['hl7', 'analyzer'])
    .where('d.hl7Sender', 'is not', null)
    .orderBy((eb) => eb.case('d.state').when('unknown').then(0).else(1).end())
    .orderBy('d.name')
    .limit(500)
    .execute();
}
