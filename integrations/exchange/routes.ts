import type { Request, Router } from 'express';
import { z } from 'zod';
import { personId, requirePermission } from '../../server/core/access/actor.ts';
import { recordAudit } from '../../server/core/audit/recordAudit.ts';
import type { Context } from '../../server/core/context.ts';
import { forbidden, notFound, unauthenticated } from '../../server/core/errors.ts';
import { endpoint, idParams } from '../../server/core/http.ts';
import { getVisibleOrder } from '../../server/core/order/order.ts';
import { lastSigned } from '../../server/core/report/readReport.ts';
import { readSharedResults } from '../../server/core/share/listShares.ts';
import {
  SHARE_COOKIE,
  shareOfToken,
  shareRefusal,
  type OpenedShare,
} from '../../server/core/share/openShare.ts';
import { loadPatients } from '../fhir/loadRows.ts';
import { sendPackage } from './sendPackage.ts';

/** What leaves the county with a patient: the package of an order, and what an opened share shows. */
export function exchangeRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders/:id/package',
      summary: 'Signed results as zip: PDF, CDA, FHIR bundle, DICOM',
      access: 'export',
      params: idParams,
      body: z.object({ reason: z.string().trim().min(1).max(300), images: z.boolean().default(true) }),
    },
    async ({ actor, params, body, res }) => {
      personId(actor);
      requirePermission(actor, 'export');
      const order = await getVisibleOrder(ctx.db, actor, params.id);
      await recordAudit(ctx.db, actor, {
        action: 'result.export',
        subjectType: 'order',
        subjectId: order.id,
        patientId: order.patientId,
        detail: body,
      });
      await sendPackage(ctx, actor, [order.id], body, res);
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/share',
      summary: 'The results of the opened share',
      access: 'public',
    },
    async ({ req }) => {
      const share = await opened(ctx, req);
      const orderIds = share.actor.sharedOrderIds ?? [];
      const [patient] = await loadPatients(ctx.db, share.actor, { ids: [share.patientId], limit: 1 });
      await recordAudit(ctx.db, share.actor, {
        action: 'share.read',
        subjectType: 'share',
        subjectId: share.shareId,
        patientId: share.patientId,
      });
      return {
        patient: patient && { name: patient.name, sex: patient.sex, birthDate: patient.birthDate },
        withImages: share.withImages,
        withPackage: share.withPackage,
        expiresAt: share.expiresAt,
        sessionEndsAt: share.sessionEndsAt,
        items: await readSharedResults(ctx.db, orderIds),
      };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/share/orders/:id/report.pdf',
      summary: 'A signed PDF of the opened share',
      access: 'public',
      params: idParams,
    },
    async ({ req, params, res }) => {
      const share = await opened(ctx, req);
      const order = await getVisibleOrder(ctx.db, share.actor, params.id);
      const signed = await lastSigned(ctx.db, order.id);
      if (!signed?.pdfAddress) throw notFound('signed report of order', order.id);
      await recordAudit(ctx.db, share.actor, {
        action: 'report.view',
        subjectType: 'order',
        subjectId: order.id,
        patientId: order.patientId,
        detail: { number: signed.number, share: share.shareId },
      });
      res.setHeader('Content-Type', 'application/pdf');
      res.setHeader(
        'Content-Disposition',
        `inline; filename="${order.accessionNumber}-${signed.number}.pdf"`,
      );
      res.setHeader('Cache-Control', 'private, no-store');
      res.end(await ctx.objects.read(signed.pdfAddress));
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/share/package',
      summary: 'The opened share as zip: PDF, CDA, FHIR bundle, DICOM',
      access: 'public',
    },
    async ({ req, res }) => {
      const share = await opened(ctx, req);
      if (!share.withPackage) throw forbidden('this share is for reading only', 'share-reading-only');
      await recordAudit(ctx.db, share.actor, {
        action: 'share.export',
        subjectType: 'share',
        subjectId: share.shareId,
        patientId: share.patientId,
      });
      await sendPackage(ctx, share.actor, share.actor.sharedOrderIds ?? [], { images: share.withImages }, res); // prettier-ignore
      return undefined;
    },
  );
  endpoint(
    router,
    { method: 'delete', path: '/share', summary: 'End the reading of a share', access: 'public' },
    async ({ req, res }) => {
      const share = await opened(ctx, req);
      await ctx.db
        .updateTable('patientShareSession')
        .set({ endedAt: ctx.clock.now() })
        .where('id', '=', share.actor.sessionId ?? '')
        .execute();
      res.clearCookie(SHARE_COOKIE, { path: '/' });
      return { ok: true };
    },
  );
}

/** The share of the caller's cookie; 401 when it has ended. */
async function opened(ctx: Context, req: Request): Promise<OpenedShare> {
  const token = new RegExp(`(?:^|;\\s*)${SHARE_COOKIE}=([\\w-]{20,80})`).exec(
    req.header('cookie') ?? '',
  )?.[1];
  const share = token ? await shareOfToken(ctx, token, req.ip ?? '') : undefined;
  if (!share) throw unauthenticated(shareRefusal);
  return share;
}
