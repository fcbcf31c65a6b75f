import type { Response, Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { DomainError, invalid, notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { getVisibleOrder } from '../order/order.ts';
import { acknowledgeReport } from './acknowledgeReport.ts';
import { lastShown, listVersions, readReport } from './readReport.ts';
import { reportContent } from './reportContent.ts';
import { loadDraft, saveReport } from './saveReport.ts';
import { toldByPage } from './signedWith.ts';
import { amendReport } from './amendReport.ts';
import { signReport } from './signReport.ts';
import { findProblems, rejectReport, submitReport } from './submitReport.ts';
import { orderBrief } from '../answers.ts';
import { problemsAnswer, reportAnswer, savedAnswer, versionsAnswer } from './answers.ts';

const reason = z.string().trim().min(1).max(1_000);
const pin = z.string().min(4).max(32);

/** The version a client holds, from `If-Match: "<n>"`; 428 when absent, a weak tag never matches (RFC 9110 §13.1.1). */
export function ifMatch(header: string | undefined): number {
  if (!header)
    throw new DomainError(428, 'precondition-required', 'send If-Match with the version that was read');
  const version = /^"?(\d{1,9})"?$/.exec(header.trim());
  if (!version) throw new DomainError(412, 'stale', 'If-Match does not hold a version');
  return Number(version[1]);
}

const tag = (res: Response, version: number) => res.setHeader('ETag', `"${version}"`);

export function reportRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/orders/:id/report',
      summary: 'The report as the caller may see it; an empty draft at first',
      access: ['report.read'],
      answer: reportAnswer,
      params: idParams,
    },
    async ({ actor, params, res }) => {
      const order = await getVisibleOrder(ctx.db, actor, params.id);
      const view = await readReport(ctx.db, actor, order);
      tag(res, view.version);
      await recordAudit(ctx.db, actor, {
        action: 'report.read',
        subjectType: 'order',
        subjectId: order.id,
        patientId: order.patientId,
      });
      const { content, ...rest } = view;
      return { findings: '', impression: '', positive: false, critical: false, ...content, content, ...rest };
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/orders/:id/report',
      summary: 'Save the draft (If-Match)',
      access: 'report.write',
      answer: savedAnswer,
      params: idParams,
      body: reportContent,
    },
    async ({ actor, params, body, req, res }) => {
      const version = await saveReport(ctx, actor, params.id, ifMatch(req.header('if-match')), body);
      tag(res, version);
      return { version, savedAt: ctx.clock.now() };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/orders/:id/report/problems',
      summary: 'What the centre finds in the draft: `stop` refuses the signature, `ask` is asked before it',
      access: ['report.write', 'report.verify'],
      answer: problemsAnswer,
      params: idParams,
    },
    async ({ actor, params }) => {
      const order = await getVisibleOrder(ctx.db, actor, params.id);
      const draft = await loadDraft(ctx.db, order);
      return { items: await findProblems(ctx, ctx.db, order, draft.content) };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders/:id/report/submit',
      summary: 'Submit to the verifier',
      access: 'report.write',
      answer: orderBrief,
      params: idParams,
      body: z.object({ version: z.number().int().optional() }),
    },
    async ({ actor, params, body }) => brief(await submitReport(ctx, actor, params.id, body.version)),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders/:id/report/reject',
      summary: 'Send back to the writer',
      access: 'report.verify',
      answer: orderBrief,
      params: idParams,
      body: z.object({ reason }),
    },
    async ({ actor, params, body }) => brief(await rejectReport(ctx, actor, params.id, body.reason)),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders/:id/report/sign',
      summary: 'Sign with the PIN',
      access: ['report.verify', 'report.write'],
      answer: orderBrief,
      params: idParams,
      body: z.object({ pin, version: z.number().int().optional(), ...toldByPage.shape }),
    },
    async ({ actor, params, body }) => brief(await signReport(ctx, actor, params.id, body)),
  );
  for (const [path, kind] of [
    ['addendum', 'addendum'],
    ['correct', 'correction'],
    ['void', 'void'],
  ] as const)
    endpoint(
      router,
      {
        method: 'post',
        path: `/orders/:id/report/${path}`,
        summary: `Signed ${kind} of a final report`,
        access: ['report.verify', 'report.write'],
        answer: orderBrief,
        params: idParams,
        body: z.object({
          ...reportContent.shape,
          pin,
          reason,
          text: z.string().max(20_000).optional(),
          ...toldByPage.shape,
          content: reportContent.optional(),
        }),
      },
      async ({ actor, params, body }) => {
        const { pin, reason, text, from, shown, content, ...beside } = body;
        // What is corrected stands in `content` or beside it; a signature under nothing new would say that it was corrected.
        const corrected = content ?? (Object.keys(beside).length > 0 ? beside : undefined);
        if (kind === 'correction' && !corrected)
          throw invalid('a correction needs what is corrected', [{ path: 'content', code: 'required' }]);
        if (kind === 'addendum' && !text?.trim())
          throw invalid('an addendum needs its text', [{ path: 'text', code: 'required' }]);
        return brief(
          await amendReport(ctx, actor, params.id, {
            kind,
            pin,
            reason,
            text,
            from,
            shown,
            content: corrected,
          }),
        );
      },
    );
  endpoint(
    router,
    {
      method: 'get',
      path: '/orders/:id/reports',
      summary: 'All versions',
      access: 'report.read',
      answer: versionsAnswer,
      params: idParams,
    },
    async ({ actor, params }) => listVersions(ctx.db, await getVisibleOrder(ctx.db, actor, params.id)),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/orders/:id/report.pdf',
      summary: 'The last signed version as signed PDF; a partial one while there is no other',
      access: 'report.read',
      answerMedia: ['application/pdf'],
      params: idParams,
      query: z.object({ number: z.coerce.number().int().optional() }),
    },
    async ({ actor, params, query, res }) => {
      const order = await getVisibleOrder(ctx.db, actor, params.id);
      const signed =
        query.number === undefined
          ? await lastShown(ctx.db, order.id)
          : await ctx.db
              .selectFrom('signedReport')
              .selectAll()
              .where('orderId', '=', order.id)
              .where('number', '=', query.number)
              .executeTakeFirst();
      if (!signed?.pdfAddress) throw notFound('signed report of order', order.id);
      const pdf = await ctx.objects.read(signed.pdfAddress);
      await recordAudit(ctx.db, actor, {
        action: 'report.view',
        subjectType: 'order',
        subjectId: order.id,
        patientId: order.patientId,
        detail: { number: signed.number },
      });
      if (actor.kind === 'staff' && actor.id)
        await ctx.db
          .insertInto('reportView')
          .values({ signedReportId: signed.id, staffId: actor.id, act: 'viewed' })
          .execute();
      res.setHeader('Content-Type', 'application/pdf');
      res.setHeader(
        'Content-Disposition',
        `inline; filename="${order.accessionNumber}-${signed.number}.pdf"`,
      );
      res.setHeader('Cache-Control', 'private, no-store');
      res.end(pdf);
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders/:id/acknowledge',
      summary: 'The site confirms that it read the result',
      access: 'report.acknowledge',
      answer: orderBrief,
      params: idParams,
      body: z.object({
        patientInformed: z
          .object({ who: reason, how: reason, at: z.iso.datetime({ offset: true }).optional() })
          .optional(),
      }),
    },
    async ({ actor, params, body }) => brief(await acknowledgeReport(ctx, actor, params.id, body)),
  );
}

export const brief = (order: {
  id: string;
  status: string;
  accessionNumber: string;
  dueAt: Date | null;
}) => ({ id: order.id, accessionNumber: order.accessionNumber, status: order.status, dueAt: order.dueAt });
