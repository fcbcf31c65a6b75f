import type { Router } from 'express';
import { z } from 'zod';
import { requirePermission } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { endpoint, idParams } from '../../core/http.ts';
import { enterEqa, eqaResultsInput } from '../quality/enterEqa.ts';
import { listEqa } from '../quality/listEqa.ts';
import { eqaRoundInput, openEqaRound } from '../quality/openEqaRound.ts';
import { eqaScoreInput, scoreEqa } from '../quality/scoreEqa.ts';
import { putLotInUse, retireLot } from '../quality/changeLot.ts';
import {
  materialInput,
  planInput,
  saveMaterial,
  savePlan,
  saveTarget,
  targetInput,
} from '../quality/qcSetup.ts';
import { listActions, listQcSetup } from '../quality/listSetup.ts';
import { leveyJennings, monthlySummary, qcOverview } from '../quality/readQuality.ts';
import { recordQcRun, signCorrectiveAction } from '../quality/recordQcRun.ts';

/** Internal and external quality control. */
export function qualityRoutes(ctx: Context, router: Router): void {
  const read = ['bench.work', 'quality.read'] as const;
  endpoint(
    router,
    { method: 'get', path: '/lab/qc', summary: 'State of control by analyzer and test', access: [...read] },
    () => qcOverview(ctx.db, ctx.clock.now()),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/qc/levey-jennings',
      summary: 'Runs of a test on an analyzer with limits, lots and events',
      access: [...read],
      query: z.object({
        instrumentId: z.uuid(),
        testCode: z.string().max(24),
        days: z.coerce.number().int().min(1).max(400).default(31),
      }),
    },
    ({ query }) => leveyJennings(ctx.db, query, ctx.clock.now()),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/qc/summary',
      summary: 'Month: n, mean, SD, CV, bias, sigma, out of control',
      access: [...read],
      query: z.object({ month: z.string().regex(/^\d{4}-\d{2}$/) }),
    },
    ({ query }) => monthlySummary(ctx.db, query.month),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/qc/setup',
      summary: 'Control materials, targets and rules',
      access: [...read],
    },
    () => listQcSetup(ctx.db),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/qc/actions',
      summary: 'Rejected runs with their corrective actions',
      access: [...read],
      query: z.object({
        open: z.stringbool().optional(),
        limit: z.coerce.number().int().min(1).max(200).default(100),
      }),
    },
    ({ query }) => listActions(ctx.db, query),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/qc/runs',
      summary: 'Enter a control value',
      access: 'bench.work',
      body: z.object({
        targetId: z.uuid(),
        value: z.number(),
        at: z.iso.datetime({ offset: true }).optional(),
        reagentLot: z.string().max(40).optional(),
      }),
      status: 201,
    },
    async ({ actor, body }) => {
      requirePermission(actor, 'bench.work', { centerKind: 'lab' });
      const run = await ctx.db.transaction().execute((trx) =>
        recordQcRun(ctx, trx, actor, {
          targetId: body.targetId,
          value: body.value,
          source: 'manual',
          at: body.at ? new Date(body.at) : undefined,
          reagentLot: body.reagentLot,
        }),
      );
      ctx.bell.ring();
      return run;
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/qc/runs/:id/action',
      summary: 'Sign the corrective action of a rejected run',
      access: 'bench.work',
      params: idParams,
      body: z.object({
        cause: z.string().trim().min(2).max(200),
        action: z.string().trim().min(2).max(1000),
        exclude: z.boolean().optional(),
      }),
    },
    ({ actor, params, body }) => signCorrectiveAction(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/qc/materials',
      summary: 'Add a control material',
      access: 'policy.edit',
      body: materialInput,
      status: 201,
    },
    ({ actor, body }) => saveMaterial(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/qc/materials/:id/use',
      summary: 'Put a lot in use: the lots of its level that it replaces are retired',
      access: 'policy.edit',
      params: idParams,
    },
    ({ actor, params }) => putLotInUse(ctx, actor, params.id),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/qc/materials/:id/retire',
      summary: 'Take a lot out of use',
      access: 'policy.edit',
      params: idParams,
    },
    ({ actor, params }) => retireLot(ctx, actor, params.id),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/qc/targets',
      summary: 'Set the target of a material, test and analyzer',
      access: 'policy.edit',
      body: targetInput,
      status: 201,
    },
    ({ actor, body }) => saveTarget(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/lab/qc/plans/:testCode',
      summary: 'Westgard rules of a test',
      access: 'policy.edit',
      params: z.object({ testCode: z.string().max(24) }),
      body: planInput,
    },
    ({ actor, params, body }) => savePlan(ctx, actor, params.testCode, body),
  );
  endpoint(
    router,
    { method: 'get', path: '/lab/eqa', summary: 'Rounds of external quality assessment', access: [...read] },
    () => listEqa(ctx.db),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/eqa',
      summary: 'Open a round',
      access: 'policy.edit',
      body: eqaRoundInput,
      status: 201,
    },
    ({ actor, body }) => openEqaRound(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/lab/eqa/:id/results',
      summary: 'Enter results of a round',
      access: 'bench.work',
      params: idParams,
      body: eqaResultsInput,
    },
    ({ actor, params, body }) => enterEqa(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/eqa/:id/score',
      summary: 'Enter the scores of the organizer',
      access: 'policy.edit',
      params: idParams,
      body: eqaScoreInput,
    },
    ({ actor, params, body }) => scoreEqa(ctx, actor, params.id, body),
  );
}
