import type { DisplaySet } from '../study/displaySets.ts';
import { imageIdsOf } from '../study/displaySets.ts';
import { tag } from '../study/dicomJson.ts';
import { loader } from './engine.ts';

const known = new Set<string>();

/** Gives Cornerstone the DICOM JSON of every frame of a display set. */
export function registerMetadata(set: DisplaySet): void {
  if (known.has(set.id)) return;
  known.add(set.id);
  for (const given of set.instances) {
    // Cornerstone reads the modality of every image; real files without one exist.
    const instance = given[tag.modality]?.Value?.length
      ? given
      : { ...given, [tag.modality]: { vr: 'CS', Value: ['OT'] } };
    for (const imageId of imageIdsOf(instance)) {
      loader.wadors.metaDataManager.add(
        imageId,
        instance as Parameters<typeof loader.wadors.metaDataManager.add>[1],
      );
    }
  }
}
