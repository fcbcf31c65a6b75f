import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { endpoint, idParams } from '../http.ts';
import { getVisibleOrder } from '../order/order.ts';
import { CELLS, readAgreement, readAgreementCases } from './agreement.ts';
import { judgeResult, verdictInput } from './judgeResult.ts';

/** Drafts of algorithms beside the report, what doctors say of them, and how well the two agree. */
export function doctorRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/orders/:id/algorithm-results',
      summary: 'Drafts of algorithms beside the report',
      access: 'report.write',
      params: idParams,
    },
    async ({ actor, params }) => {
      const order = await getVisibleOrder(ctx.db, actor, params.id);
      const { rows } =
        await sql`select r.id, r.algorithm_name, r.algorithm_version, r.registration_number, a.vendor, a.intended_use, r.format, r.conclusion, r.positive, r.findings, r.priority, r.received_at, v.verdict, v.note, s.name as decided_by
        from algorithm_result r join algorithm a on a.device_id = r.device_id left join algorithm_verdict v on v.result_id = r.id left join staff s on s.id = v.decided_by where r.order_id = ${order.id} order by r.received_at limit 50`.execute(
          ctx.db,
        );
      return { items: rows, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/algorithm-results/:id/verdict',
      summary: 'What the doctor says of a draft',
      access: 'report.write',
      params: idParams,
      body: verdictInput,
    },
    async ({ actor, params, body }) => {
      await judgeResult(ctx, actor, params.id, body);
      return { ok: true };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/algorithms/agreement',
      summary: 'Agreement of algorithms with signed reports and doctors',
      access: ['quality.read', 'admin.device'],
      query: z.object({ from: z.iso.date(), to: z.iso.date() }),
    },
    async ({ query }) => ({ items: await readAgreement(ctx.db, query.from, query.to), nextCursor: null }),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/algorithms/agreement/cases',
      summary: 'The cases behind a figure of agreement',
      access: 'quality.read',
      query: z.object({
        from: z.iso.date(),
        to: z.iso.date(),
        name: z.string().max(300),
        version: z.string().max(60),
        cell: z.enum(CELLS).optional(),
      }),
    },
    async ({ actor, query }) => {
      await recordAudit(ctx.db, actor, { action: 'algorithm.agreement-cases', detail: query });
      return { items: await readAgreementCases(ctx.db, query), nextCursor: null };
    },
  );
}
