import express, { type Router } from 'express';
import type { Context } from '../core/context.ts';
import { boxRoutes } from './routes/boxRoutes.ts';
import { catalogueRoutes } from './routes/catalogueRoutes.ts';
import { instrumentRoutes } from './routes/instrumentRoutes.ts';
import { qualityRoutes } from './routes/qualityRoutes.ts';
import { resultRoutes } from './routes/resultRoutes.ts';
import { specimenRoutes } from './routes/specimenRoutes.ts';
import { turnaroundRoutes } from './routes/turnaroundRoutes.ts';

/** Paths of the laboratory, `/api/lab/…`. */
export function labRoutes(ctx: Context, router: Router): void {
  router.use('/lab', express.json({ limit: '4mb' }));
  specimenRoutes(ctx, router);
  boxRoutes(ctx, router);
  resultRoutes(ctx, router);
  qualityRoutes(ctx, router);
  instrumentRoutes(ctx, router);
  catalogueRoutes(ctx, router);
  turnaroundRoutes(ctx, router);
}
