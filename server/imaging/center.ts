import type { CatalogueItem, Center } from '../core/center.ts';
import { checkImageQuality } from './algorithms/checkImageQuality.ts';
import { checkImagingReport } from './checkImagingReport.ts';
import { seedImagingDemo } from './demo/seedDemo.ts';
import { deriveSeries } from './derive/deriveSeries.ts';
import { describeImages } from './describeImages.ts';
import { imageManifest } from './imageManifest.ts';
import { importDicomFile } from './importFile.ts';
import { joinStudy } from './join/joinStudy.ts';
import { keepViewingLimits } from './keepViewingLimits.ts';
import { queueKeyObjects, writeKeyObjects } from './keyObjects/writeKeyObjects.ts';
import { queueMeasurements, runMeasurements } from './measurement/saveMeasurements.ts';
import { printReport } from './print/printReport.ts';
import { imagingRoutes } from './routes.ts';
import { settleStudy } from './settleStudy.ts';
import { imagingIndicators } from './indicators.ts';

const studyIdOf = (payload: Record<string, unknown>): number => Number(payload.studyId);

/** The imaging centre: DICOM studies in, read in the viewer, report out. */
export const imagingCenter: Center = {
  kind: 'imaging',
  routes: imagingRoutes,
  splitRequest,
  describeOrder: describeImages,
  manifest: imageManifest,
  checkReport: checkImagingReport,
  acceptContent: keepViewingLimits,
  printReport,
  onSubmitted: (trx, actor, order) => queueMeasurements(trx, actor, order, 'preliminary'),
  onSigned: async (trx, _ctx, actor, order, { kind }) => {
    if (kind === 'void') return;
    await queueMeasurements(trx, actor, order, 'verified');
    await queueKeyObjects(trx, actor, order);
  },
  importFile: importDicomFile,
  seedDemo: seedImagingDemo,
  indicators: imagingIndicators,
  algorithms: { 'image-quality': checkImageQuality },
  jobs: {
    'imaging.join': (ctx, payload) => joinStudy(ctx, studyIdOf(payload)),
    'imaging.settle': (ctx, payload) => settleStudy(ctx, studyIdOf(payload)),
    'imaging.measure': runMeasurements,
    'imaging.key-objects': writeKeyObjects,
    'imaging.derive': (ctx, payload) => deriveSeries(ctx, Number(payload.seriesId)),
  },
};

/** One order per modality and body part: a chest DR and a head CT are two, two views of one chest are one. */
function splitRequest(items: CatalogueItem[]): CatalogueItem[][] {
  const groups = new Map<string, CatalogueItem[]>();
  for (const item of items) {
    const key = item.modality ? `${item.modality}/${item.bodyPart ?? ''}` : item.code;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}
