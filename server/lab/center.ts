import type { Center, ManifestEntry } from '../core/center.ts';
import { buildContent } from './report/buildContent.ts';
import { checkReport } from './report/checkReport.ts';
import { onSigned } from './report/onSigned.ts';
import { printReport } from './report/printReport.ts';
import { describeLabOrder } from './report/describeOrder.ts';
import { labRoutes } from './routes.ts';
import { seedLabDemo } from './demo/seedLabDemo.ts';
import { findPanelOverlaps } from './recognition/findPanelOverlaps.ts';
import { simulateAnalyzers } from './demo/simulateAnalyzers.ts';
import { cancelContainers } from './specimen/cancelContainers.ts';
import { planContainers } from './specimen/planContainers.ts';
import { labIndicators } from './indicators.ts';

/** The laboratory as it plugs into the core. */
export const labCenter: Center = {
  kind: 'lab',
  routes: labRoutes,
  onOrderCreated: async (trx, ctx, actor, order) => planContainers(ctx, trx, actor, order),
  onOrderCancelled: cancelContainers,
  async manifest(db, orderId): Promise<ManifestEntry[]> {
    const { results, specimens } = await buildContent(db, orderId);
    return [
      ...specimens.map((tube): ManifestEntry => ({
        type: 'tube',
        id: tube.barcode,
        detail: { state: tube.state, collectedAt: tube.collectedAt },
      })),
      ...results.map((line): ManifestEntry => ({
        type: 'result',
        id: line.resultId,
        detail: { test: line.code, value: line.value, version: line.version },
      })),
    ];
  },
  checkReport,
  printReport,
  onSigned,
  describeOrder: describeLabOrder,
  findPanelOverlaps,
  jobs: { 'lab.simulate': simulateAnalyzers },
  seedDemo: seedLabDemo,
  indicators: labIndicators,
};
