import express, { type Router } from 'express';
import type { Center } from '../core/center.ts';
import type { Context } from '../core/context.ts';
import { describeCase } from './cases/describeCase.ts';
import { announceParaffin } from './cases/linkParaffin.ts';
import { openCase } from './cases/openCase.ts';
import { caseRoutes } from './cases/routes.ts';
import { figureRoutes } from './figureRoutes.ts';
import { fileInArchive } from './cases/searchArchive.ts';
import { drawDemoSlide, seedPathology } from './demo/seedPathology.ts';
import { checkReport } from './report/checkReport.ts';
import { manifest } from './report/manifest.ts';
import { printReport } from './report/printReport.ts';
import { adoptInstance } from './slides/adoptInstance.ts';
import { deriveLevels } from './slides/deriveLevels.ts';
import { hashSlide } from './slides/hashSlide.ts';
import { importSlide } from './slides/importSlide.ts';
import { slideRoutes } from './slides/routes.ts';
import { synopticRoutes } from './synoptic/routes.ts';
import { pathologyCountyIndicators } from './countyIndicators.ts';

function routes(ctx: Context, router: Router): void {
  router.use('/pathology', express.json({ limit: '2mb' })); // slides and photographs come as streams
  slideRoutes(ctx, router);
  caseRoutes(ctx, router);
  figureRoutes(ctx, router);
  synopticRoutes(ctx, router);
}

/** The pathology centre as the core sees it. */
export const pathology: Center = {
  kind: 'pathology',
  routes,
  onOrderCreated: openCase,
  manifest,
  checkReport,
  printReport,
  describeOrder: describeCase,
  onSigned: async (trx, ctx, actor, order, signed) => {
    await fileInArchive(trx, order, signed.kind, ctx.clock.now());
    if (signed.kind === 'final') await announceParaffin(ctx, trx, actor, order);
  },
  importFile: importSlide,
  jobs: {
    'pathology.adopt-instance': adoptInstance,
    'pathology.derive-levels': deriveLevels,
    'pathology.hash-slide': hashSlide,
    'pathology.demo-slide': drawDemoSlide,
  },
  seedDemo: seedPathology,
  indicators: pathologyCountyIndicators,
};
