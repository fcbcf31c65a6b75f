import type { Router } from 'express';
import type { Context } from '../../core/context.ts';
import { benchRoutes } from './benchRoutes.ts';
import { frozenRoutes } from './frozenRoutes.ts';
import { itemRoutes } from './itemRoutes.ts';
import { listRoutes } from './listRoutes.ts';
import { opinionRoutes } from './opinionRoutes.ts';
import { recheckRoutes } from './recheckRoutes.ts';
import { siteRoutes } from './siteRoutes.ts';
import { stainRoutes } from './stainRoutes.ts';

/** Everything about cases: from the jar to the opinion, with the lists of who waits for what. */
export function caseRoutes(ctx: Context, router: Router): void {
  siteRoutes(ctx, router);
  benchRoutes(ctx, router);
  stainRoutes(ctx, router);
  itemRoutes(ctx, router);
  frozenRoutes(ctx, router);
  opinionRoutes(ctx, router);
  recheckRoutes(ctx, router);
  listRoutes(ctx, router);
}
