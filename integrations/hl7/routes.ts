import express, { type Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../../server/core/audit/recordAudit.ts';
import { requirePermission } from '../../server/core/access/actor.ts';
import type { Context } from '../../server/core/context.ts';
import { notFound } from '../../server/core/errors.ts';
import { endpoint } from '../../server/core/http.ts';
import { mapHeldMessage } from './inbound/mapHeldMessage.ts';
import { registerHl7Gauges } from './metrics.ts';
import { alarms } from './browser/alarms.ts';
import { listMessages, messageQuery } from './browser/listMessages.ts';
import { readMessage } from './browser/readMessage.ts';
import { resendMessage } from './browser/resendMessage.ts';

const numberParams = z.object({ number: z.coerce.number().int().positive() });
const endpointInput = z.object({
  host: z.string().trim().min(1).max(200),
  port: z.number().int().min(1).max(65535),
  tls: z.boolean().default(false),
  receivingApplication: z.string().max(80).default('HIS'),
  receivingFacility: z.string().max(80).optional(),
  version: z.enum(['2.3', '2.3.1', '2.4', '2.5', '2.5.1', '2.6']).default('2.4'),
  charset: z.enum(['utf-8', 'gb18030', 'us-ascii', 'iso-8859-1']).default('utf-8'),
  pdf: z.enum(['ED', 'RP', 'none']).default('ED'),
  centers: z
    .array(z.enum(['imaging', 'ecg', 'lab', 'pathology', 'sterilization']))
    .default(['imaging', 'ecg', 'lab', 'pathology']),
  quirks: z
    .object({
      charsetName: z.string().max(30).optional(),
      splitNames: z.boolean().optional(),
      omitPdf: z.boolean().optional(),
      sendingApplication: z.string().max(60).optional(),
      sendingFacility: z.string().max(60).optional(),
    })
    .default({}),
  ackTimeoutSeconds: z.number().int().min(1).max(300).default(15),
  active: z.boolean().default(true),
});

/**
 * `/api/hl7/…`: the message browser, the profiles of institutions, mapping of held codes, alarms. Messages hold
 * patients' data: reading one is audited, and only administrators of devices and registrars may.
 */
export function hl7Routes(ctx: Context, router: Router): void {
  registerHl7Gauges(ctx);
  router.use('/hl7', express.json({ limit: '1mb' }));
  const read = ['admin.device', 'unmatched.decide'] as const;
  endpoint(
    router,
    {
      method: 'get',
      path: '/hl7/messages',
      summary: 'Search messages',
      access: [...read],
      query: messageQuery,
    },
    async ({ actor, query }) => {
      const page = await listMessages(ctx.db, query);
      await recordAudit(ctx.db, actor, { action: 'list.view', subjectType: 'hl7-messages', detail: query });
      return page;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/hl7/messages/:number',
      summary: 'One message: raw, decoded, answer, timeline',
      access: [...read],
      params: numberParams,
    },
    async ({ actor, params }) => {
      const message = await readMessage(ctx, params.number);
      await recordAudit(ctx.db, actor, {
        action: 'hl7.read',
        subjectType: 'hl7-message',
        subjectId: String(params.number),
        patientId: message.patientId,
      });
      return message;
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/hl7/messages/:number/resend',
      summary: 'Send or process again, with a reason',
      access: [...read],
      params: numberParams,
      body: z.object({ reason: z.string().trim().min(2).max(500) }),
    },
    ({ actor, params, body }) => resendMessage(ctx, actor, params.number, body.reason),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/hl7/messages/:number/resolve',
      summary: 'Close a message that needs nothing more, with a reason',
      access: [...read],
      params: numberParams,
      body: z.object({ reason: z.string().trim().min(2).max(500) }),
    },
    async ({ actor, params, body }) =>
      ctx.db.transaction().execute(async (trx) => {
        const row = await trx
          .updateTable('hl7Message')
          .set({ state: 'resolved' })
          .where('id', '=', params.number)
          .where('state', 'in', ['held', 'failed', 'conflict', 'dead', 'ambiguous'])
          .returning(['id', 'outboxId'])
          .executeTakeFirst();
        if (!row) throw notFound('open message', String(params.number));
        if (row.outboxId !== null)
          await trx.updateTable('outbox').set({ state: 'dead' }).where('id', '=', row.outboxId).execute();
        await trx
          .insertInto('hl7MessageEvent')
          .values({
            messageId: row.id,
            kind: 'resolved',
            actorName: actor.name,
            detail: JSON.stringify({ reason: body.reason }),
          })
          .execute();
        await recordAudit(trx, actor, {
          action: 'hl7.resolve',
          subjectType: 'hl7-message',
          subjectId: String(row.id),
          detail: { reason: body.reason },
        });
        return { state: 'resolved' };
      }),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/hl7/messages/:number/map',
      summary: 'Map the unknown codes of a held order, once for its sender',
      access: 'unmatched.decide',
      params: numberParams,
      body: z.object({
        mappings: z
          .array(z.object({ senderCode: z.string().min(1).max(80), itemCode: z.string().min(1).max(40) }))
          .min(1)
          .max(50),
      }),
    },
    ({ actor, params, body }) => mapHeldMessage(ctx, actor, params.number, body.mappings),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/hl7/alarms',
      summary: 'Silent senders, growing queues, stuck messages',
      access: [...read],
    },
    () => alarms(ctx.db, ctx.clock.now()),
  );
  endpoint(
    router,
    { method: 'get', path: '/hl7/endpoints', summary: 'Where results go', access: 'admin.device' },
    async () => ({
      items: await ctx.db
        .selectFrom('hl7Endpoint as e')
        .innerJoin('institution as i', 'i.id', 'e.institutionId')
        .selectAll('e')
        .select(['i.code as institution', 'i.shortName as institutionName'])
        .orderBy('i.code')
        .execute(),
      nextCursor: null,
    }),
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/hl7/endpoints/:institution',
      summary: 'Set the profile of an institution',
      access: 'admin.device',
      params: z.object({ institution: z.string().max(40) }),
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
        return row;
      });
    },
  );
}
