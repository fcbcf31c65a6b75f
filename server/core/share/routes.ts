import type { Router } from 'express';
import { rateLimit } from 'express-rate-limit';
import { z } from 'zod';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { invalid } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { getVisibleOrder } from '../order/order.ts';
import { createShare } from './createShare.ts';
import { listShares } from './listShares.ts';
import { openShare, SHARE_COOKIE } from './openShare.ts';
import { revokeShare } from './revokeShare.ts';

const line = z.string().trim().min(1).max(200);

/** Codes by which a patient takes results to another hospital: made, listed, revoked, opened. */
export function shareRoutes(ctx: Context, router: Router): void {
  router.use(
    '/share/open',
    rateLimit({ windowMs: 60_000, limit: 20, standardHeaders: 'draft-8', legacyHeaders: false }),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/shares',
      summary: 'Share signed results of a patient by code',
      access: ['report.acknowledge', 'export'],
      body: z.object({
        orderIds: z.array(z.uuid()).min(1).max(50),
        days: z.number().int().min(1).max(30).default(7),
        purpose: line,
        consentBy: line,
        withImages: z.boolean().default(true),
        withPackage: z.boolean().default(true),
      }),
      status: 201,
    },
    ({ actor, body }) => createShare(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/orders/:id/shares',
      summary: 'Shares of the patient of an order, and who opened them',
      access: ['report.acknowledge', 'export'],
      params: idParams,
    },
    async ({ actor, params }) => {
      const order = await getVisibleOrder(ctx.db, actor, params.id);
      if (!order.patientId) throw invalid('this order has no patient', 'no-patient');
      await recordAudit(ctx.db, actor, {
        action: 'share.list',
        subjectType: 'order',
        subjectId: order.id,
        patientId: order.patientId,
      });
      return { items: await listShares(ctx.db, order.patientId), nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/shares/:id/revoke',
      summary: 'Revoke a share and end its sessions',
      access: ['report.acknowledge', 'export', 'quality.review'],
      params: idParams,
      body: z.object({ reason: line }),
    },
    async ({ actor, params, body }) => {
      await revokeShare(ctx, actor, params.id, body.reason);
      return { ok: true };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/share/open',
      summary: 'Open a share by its code',
      access: 'public',
      body: z.object({ code: z.string().min(4).max(64), factor: z.string().min(1).max(20), hospital: line, person: line }), // prettier-ignore
    },
    async ({ actor, body, res }) => {
      const { token, expiresAt } = await openShare(ctx, actor, body);
      res.cookie(SHARE_COOKIE, token, {
        httpOnly: true,
        sameSite: 'strict',
        secure: Boolean(ctx.config.tls) || (ctx.config.publicUrl ?? '').startsWith('https:'),
        path: '/',
        expires: expiresAt,
      });
      return { expiresAt };
    },
  );
}
