import type { Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { requirePermission } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { DomainError } from '../../core/errors.ts';
import { endpoint, idParams, problemBody } from '../../core/http.ts';
import { getVisibleOrder } from '../../core/order/order.ts';
import { signReport } from '../../core/report/signReport.ts';
import { autoverifyOrder, ruleInput, saveRule, simulateRule } from '../result/autoverify.ts';
import { correctInput, correctResult } from '../result/correctResult.ts';
import { enterResults, enterResultsInput } from '../result/enterResults.ts';
import { readBench } from '../result/readBench.ts';
import { readCumulative } from '../result/readCumulative.ts';
import { benchQuery, listBench } from '../result/listBench.ts';
import { releasePartial } from '../result/releasePartial.ts';
import { rerunTest, rerunInput } from '../result/rerunTest.ts';
import { technicalInput, technicalVerify } from '../result/technicalVerify.ts';
import { autoverificationSettings } from '../rules/autoverify.ts';

const pin = z.string().min(4).max(32);

/** Bench: results, verification, release, correction, cumulative view. */
export function resultRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/bench',
      summary: 'Tests to do by bench, analyzer and state',
      access: 'bench.work',
      query: benchQuery,
    },
    ({ actor, query }) => listBench(ctx.db, actor, query),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/orders/:id/results',
      summary: 'Tests and results of an order',
      access: ['bench.work', 'report.write'],
      params: idParams,
    },
    async ({ actor, params }) => {
      const order = await getVisibleOrder(ctx.db, actor, params.id);
      requirePermission(actor, 'bench.work', {
        institutionId: order.reportingInstitutionId,
        centerKind: 'lab',
      });
      await recordAudit(ctx.db, actor, {
        action: 'result.read',
        subjectType: 'order',
        subjectId: order.id,
        patientId: order.patientId,
      });
      return { orderId: order.id, status: order.status, items: await readBench(ctx.db, order.id) };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/orders/:id/results',
      summary: 'Enter results by hand',
      access: 'bench.work',
      params: idParams,
      body: enterResultsInput,
    },
    ({ actor, params, body }) => enterResults(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/orders/:id/rerun',
      summary: 'Ask for a test to be measured again',
      access: 'bench.work',
      params: idParams,
      body: rerunInput,
    },
    ({ actor, params, body }) => rerunTest(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/orders/:id/technical',
      summary: 'Technical verification',
      access: 'report.write',
      params: idParams,
      body: technicalInput,
    },
    async ({ actor, params, body }) => technicalVerify(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/orders/:id/autoverify',
      summary: 'Apply the rules to the results of an order',
      access: 'report.write',
      params: idParams,
      body: z.object({}),
    },
    async ({ actor, params }) => {
      const order = await getVisibleOrder(ctx.db, actor, params.id);
      requirePermission(actor, 'report.write', {
        institutionId: order.reportingInstitutionId,
        centerKind: 'lab',
      });
      return { passed: await ctx.db.transaction().execute((trx) => autoverifyOrder(ctx, trx, order.id)) };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/orders/:id/release',
      summary: 'Release tests before the whole order',
      access: 'report.verify',
      params: idParams,
      body: z.object({ testCodes: z.array(z.string().max(24)).max(200).optional(), pin }),
    },
    ({ actor, params, body }) => releasePartial(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/orders/:id/correct',
      summary: 'Correct released results: a new signed version',
      access: 'report.verify',
      params: idParams,
      body: correctInput,
    },
    async ({ actor, params, body }) => {
      const order = await correctResult(ctx, actor, params.id, body);
      return { id: order.id, status: order.status, accessionNumber: order.accessionNumber };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/sign',
      summary: 'Sign several submitted reports with one PIN; each stands for itself',
      access: 'report.verify',
      body: z.object({ orderIds: z.array(z.uuid()).min(1).max(100), pin }),
    },
    async ({ actor, body }) => {
      const items: { orderId: string; status?: string; problem?: object }[] = [];
      for (const orderId of body.orderIds) {
        try {
          const order = await signReport(ctx, actor, orderId, { pin: body.pin });
          items.push({ orderId, status: order.status });
        } catch (error) {
          if (!(error instanceof DomainError) || error.status === 423 || error.type === 'wrong-pin')
            throw error;
          items.push({ orderId, problem: problemBody(error) });
        }
      }
      return { items };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/patients/:id/cumulative',
      summary: 'Released values of a patient over time',
      access: 'report.read',
      params: idParams,
      query: z.object({
        tests: z.string().max(500).optional(),
        limit: z.coerce.number().int().min(1).max(2000).default(500),
      }),
    },
    ({ actor, params, query }) => readCumulative(ctx, actor, params.id, query),
  );
  endpoint(
    router,
    { method: 'get', path: '/lab/autoverification', summary: 'Autoverification rules', access: 'bench.work' },
    async () => ({
      items: await ctx.db
        .selectFrom('labAutoverificationRule as r')
        .innerJoin('labTest as t', 't.code', 'r.testCode')
        .select(['r.testCode', 't.name', 'r.enabled', 'r.settings', 'r.version', 'r.updatedAt'])
        .orderBy('t.printOrder')
        .execute(),
      nextCursor: null,
    }),
  );
  const testParams = z.object({ testCode: z.string().max(24) });
  endpoint(
    router,
    {
      method: 'put',
      path: '/lab/autoverification/:testCode',
      summary: 'Change a rule (new version)',
      access: 'policy.edit',
      params: testParams,
      body: ruleInput,
    },
    ({ actor, params, body }) => saveRule(ctx, actor, params.testCode, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/autoverification/:testCode/simulate',
      summary: 'What a rule would have done with past results',
      access: 'bench.work',
      params: testParams,
      body: autoverificationSettings,
    },
    ({ params, body }) => simulateRule(ctx.db, params.testCode, body),
  );
}
