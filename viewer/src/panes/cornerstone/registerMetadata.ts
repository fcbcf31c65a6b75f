import type { DisplaySet } from '../study/displaySets.ts';
import { imageIdsOf } from '../study/displaySets.ts';
import { numbers, tag, type DataSet } from '../study/dicomJson.ts';
import { spacingOf, type Spacing } from '../study/spacing.ts';
import { core, loader } from './engine.ts';

const known = new WeakSet<DisplaySet>();
const headers = new Map<string, DataSet>();
const calibrated = new Map<string, [number, number]>();

type Registered = Parameters<typeof loader.wadors.metaDataManager.add>[1];

/**
 * What Cornerstone is told of an image: real files lack a modality, or know only the spacing at the detector. A picture
 * without a place in the patient gets one at the origin, else its spacing is not believed; letters and references read
 * the header itself.
 */
function registered(given: DataSet, imageId: string): DataSet {
  const spacing = spacingOf(given, calibrated.get(imageId));
  const sized = spacing.mm !== null && spacing.source !== 'region';
  const placed = numbers(given, tag.imagePosition).length === 3;
  return {
    ...given,
    ...(given[tag.modality]?.Value?.length ? {} : { [tag.modality]: { vr: 'CS', Value: ['OT'] } }),
    ...(sized ? { [tag.pixelSpacing]: { vr: 'DS', Value: spacing.mm ?? [] } } : {}),
    ...(sized && !placed
      ? {
          [tag.imagePosition]: { vr: 'DS', Value: [0, 0, 0] },
          [tag.imageOrientation]: { vr: 'DS', Value: [1, 0, 0, 0, 1, 0] },
        }
      : {}),
  };
}

/** Gives Cornerstone the DICOM JSON of every frame of a display set; of one that has grown since, under the same id, again. */
export function registerMetadata(set: DisplaySet): void {
  if (known.has(set)) return;
  known.add(set);
  for (const instance of set.instances)
    for (const imageId of imageIdsOf(instance)) {
      headers.set(imageId, instance);
      loader.wadors.metaDataManager.add(imageId, registered(instance, imageId) as Registered);
    }
}

/** Spacing of an image as it is used now; undefined before it was registered. */
export function currentSpacing(imageId: string): Spacing | undefined {
  const header = headers.get(imageId);
  return header && spacingOf(header, calibrated.get(imageId));
}

/**
 * Sets what a pixel of an image measures (row and column spacing), or takes the calibration back. The image leaves the
 * cache: who shows it loads it again.
 */
export function calibrate(imageId: string, mm: [number, number] | null): void {
  if (mm) calibrated.set(imageId, mm);
  else calibrated.delete(imageId);
  const header = headers.get(imageId);
  if (!header) return;
  loader.wadors.metaDataManager.add(imageId, registered(header, imageId) as Registered);
  // Cornerstone remembers the plane of an image; adding a calibration is its way to forget it.
  core.utilities.calibratedPixelSpacingMetadataProvider.add(imageId, undefined as never);
  if (core.cache.getImageLoadObject(imageId)) core.cache.removeImageLoadObject(imageId, { force: true });
}
