import type { Router } from 'express';
import type { Context } from '../../core/context.ts';
import { endpoint, idParams } from '../../core/http.ts';
import { listColleagues } from '../listColleagues.ts';
import { askInput, askOpinion, giveOpinion, opinionInput } from './opinions.ts';

/** Second readers, colleagues and other hospitals. */
export function opinionRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/colleagues',
      summary: 'Pathologists who may be asked',
      access: 'report.write',
    },
    ({ actor }) => listColleagues(ctx.db, actor),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/cases/:id/opinions',
      summary: 'Ask for an opinion',
      access: 'report.write',
      params: idParams,
      body: askInput,
      status: 201,
    },
    ({ actor, params, body }) => askOpinion(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/opinions/:id',
      summary: 'Give an opinion',
      access: 'report.write',
      params: idParams,
      body: opinionInput,
    },
    ({ actor, params, body }) => giveOpinion(ctx, actor, params.id, body).then(() => undefined),
  );
}
