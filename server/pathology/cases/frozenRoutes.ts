import type { Router } from 'express';
import type { Context } from '../../core/context.ts';
import { endpoint, idParams } from '../../core/http.ts';
import { brief } from './brief.ts';
import { compareFrozen, comparisonInput, phoneFrozen, phoneInput } from './frozen.ts';

/** The frozen section: the call to the theatre, the later comparison. */
export function frozenRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/cases/:id/frozen/phone',
      summary: 'Frozen diagnosis told by phone, with its read-back',
      access: 'report.write',
      params: idParams,
      body: phoneInput,
    },
    async ({ actor, params, body }) => brief(await phoneFrozen(ctx, actor, params.id, body)),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/cases/:id/frozen/comparison',
      summary: 'Frozen against paraffin',
      access: 'report.write',
      params: idParams,
      body: comparisonInput,
    },
    async ({ actor, params, body }) => brief(await compareFrozen(ctx, actor, params.id, body)),
  );
}
