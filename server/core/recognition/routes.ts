import type { Router } from 'express';
import type { Context } from '../context.ts';
import { catalogueRoutes } from './catalogueRoutes.ts';
import { decisionRoutes } from './decisionRoutes.ts';
import { figureRoutes } from './figureRoutes.ts';
import { platformRoutes } from './platform/platformRoutes.ts';

export function recognitionRoutes(ctx: Context, router: Router): void {
  catalogueRoutes(ctx, router);
  decisionRoutes(ctx, router);
  figureRoutes(ctx, router);
  platformRoutes(ctx, router);
}
