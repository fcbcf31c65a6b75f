import type { Router } from 'express';
import type { Context } from '../../core/context.ts';
import { endpoint } from '../../core/http.ts';
import { readBacklog } from './backlog.ts';
import { listDerivations } from './listDerivations.ts';
import { retryDerivations } from './retryDerivations.ts';

/** Previews and renditions that are not made yet. */
export function deriveRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/imaging/backlog',
      summary: 'How far derived data is behind',
      access: ['order.read', 'admin.settings'],
    },
    () => readBacklog(ctx.db),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/imaging/derivations',
      summary: 'Series that wait for their derived data, and those that failed',
      access: 'admin.settings',
    },
    () => listDerivations(ctx.db),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/imaging/derivations/retry',
      summary: 'Try failed derivations again',
      access: 'admin.settings',
    },
    ({ actor }) => retryDerivations(ctx, actor),
  );
}
