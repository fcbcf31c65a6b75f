import express, { type Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../../server/core/audit/recordAudit.ts';
import type { Context } from '../../server/core/context.ts';
import { notFound } from '../../server/core/errors.ts';
import { endpoint } from '../../server/core/http.ts';
import { mapHeldMessage } from './inbound/mapHeldMessage.ts';
import { registerHl7Gauges } from './metrics.ts';
import { profileRoutes } from './profileRoutes.ts';
import { alarms } from './browser/alarms.ts';
import { listMessages, messageQuery } from './browser/listMessages.ts';
import { readMessage } from './browser/readMessage.ts';
import { resendMessage } from './browser/resendMessage.ts';
import { can } from '../../server/core/access/actor.ts';
import { hideContent } from './browser/hideContent.ts';

const numberParams = z.object({ number: z.coerce.number().int().positive() });
/**
 * `/api/hl7/…`: the message browser, the profiles of institutions, mapping of held codes, alarms. Messages hold
 * patients' data: reading one is audited; registrars read it whole, administrators of devices without its content.
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
      const page = await listMessages(ctx.db, query, { byName: can(actor, 'patient.read') });
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
      return can(actor, 'patient.read') ? message : hideContent(message);
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
    async () => ({
      ...(await alarms(ctx.db, ctx.clock.now())),
      open: await ctx.db
        .selectFrom('hl7Alarm')
        .select(['id', 'kind', 'subject', 'detail', 'since', 'clearedAt'])
        .orderBy('clearedAt', (order) => order.desc().nullsFirst())
        .orderBy('id', 'desc')
        .limit(100)
        .execute(),
    }),
  );
  profileRoutes(ctx, router);
}
