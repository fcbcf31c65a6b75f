import type { Router } from 'express';
import type { Context } from '../../core/context.ts';
import { endpoint, idParams } from '../../core/http.ts';
import { brief } from './brief.ts';
import { describeSpecimens, sendContainers, sendInput, specimensInput } from './describeSpecimens.ts';

/** What the site does before the jars are received. */
export function siteRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'put',
      path: '/pathology/cases/:id/specimens',
      summary: 'Describe the specimens before they are received',
      access: 'specimen.collect',
      params: idParams,
      body: specimensInput,
    },
    async ({ actor, params, body }) => brief(await describeSpecimens(ctx, actor, params.id, body)),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/cases/:id/send',
      summary: 'The jars leave the site',
      access: 'specimen.transport',
      params: idParams,
      body: sendInput,
    },
    async ({ actor, params, body }) => brief(await sendContainers(ctx, actor, params.id, body)),
  );
}
