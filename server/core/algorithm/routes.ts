import type { Router } from 'express';
import { z } from 'zod';
import { audited } from '../admin/audited.ts';
import type { Context } from '../context.ts';
import { notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { doctorRoutes } from './doctorRoutes.ts';
import { listAlgorithms } from './listAlgorithms.ts';
import { machineRoutes } from './machineRoutes.ts';
import { algorithmInput, registerAlgorithm } from './registerAlgorithm.ts';

/** Algorithms as devices: registered, given cases, heard, judged by doctors. */
export function algorithmRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/algorithms',
      summary: 'Registered algorithms with their cases',
      access: ['admin.device', 'quality.read'],
    },
    async () => ({ ...(await listAlgorithms(ctx)), nextCursor: null }),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/algorithms',
      summary: 'Register an algorithm: of the hub by name, or outside with a machine token',
      access: 'admin.device',
      body: algorithmInput,
      status: 201,
    },
    async ({ actor, body }) => registerAlgorithm(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/algorithms/:id/active',
      summary: 'Switch an algorithm on or off; its results stay',
      access: 'admin.device',
      params: idParams,
      body: z.object({ active: z.boolean() }),
    },
    async ({ actor, params, body }) =>
      audited(
        ctx,
        actor,
        { action: 'algorithm.switch', subjectType: 'device', subjectId: params.id, detail: body },
        async (trx) => {
          const row = await trx
            .updateTable('algorithm')
            .set(body)
            .where('deviceId', '=', params.id)
            .returning('deviceId')
            .executeTakeFirst();
          if (!row) throw notFound('algorithm', params.id);
          return { ok: true };
        },
      ),
  );
  machineRoutes(ctx, router);
  doctorRoutes(ctx, router);
}
