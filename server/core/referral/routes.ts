import type { Router } from 'express';
import { z } from 'zod';
import { done, id, instant, listOf, orderBrief, text } from '../answers.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { endpoint, idParams } from '../http.ts';
import { brief } from '../report/routes.ts';
import { endReferral } from './endReferral.ts';
import { listReferrals } from './listReferrals.ts';
import { referPatient } from './referPatient.ts';

const referral = z.object({
  id,
  orderId: id,
  accessionNumber: z.string(),
  patientName: z.string(),
  sex: z.string(),
  birthDate: text,
  itemName: z.string(),
  fromName: z.string(),
  toName: z.string(),
  reason: z.string(),
  referredByName: z.string(),
  referredAt: instant,
  expiresAt: instant,
  endedAt: instant.nullable(),
  open: z.boolean(),
});

/** Patients sent on to another institution (转诊), which opens their results to those who treat there. */
export function referralRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders/:id/refer',
      summary:
        'Refer the patient of an order to another institution, whose clinicians see the results for a time',
      access: 'patient.refer',
      params: idParams,
      body: z.object({
        institutionId: z.uuid(),
        reason: z.string().trim().min(2).max(500),
        days: z.number().int().min(1).max(90).default(30),
      }),
      answer: orderBrief,
    },
    async ({ actor, params, body }) => brief(await referPatient(ctx, actor, params.id, body)),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/referrals',
      summary: 'Patients referred to or by the institutions where the caller works',
      access: 'patient.refer',
      query: z.object({
        direction: z.enum(['in', 'out']).default('in'),
        state: z.enum(['open', 'all']).default('open'),
        cursor: z.string().max(200).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(100),
      }),
      answer: listOf(referral),
    },
    async ({ actor, query }) => {
      const page = await listReferrals(ctx.db, actor, ctx.clock.now(), query);
      await recordAudit(ctx.db, actor, {
        action: 'patient.referral-list',
        detail: { direction: query.direction, state: query.state, rows: page.items.length },
      });
      return page;
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/referrals/:id/end',
      summary: 'End a referral before its time',
      access: 'patient.refer',
      params: idParams,
      answer: done,
    },
    ({ actor, params }) => endReferral(ctx, actor, params.id),
  );
}
