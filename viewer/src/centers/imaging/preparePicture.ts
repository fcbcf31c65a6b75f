import { startEngine } from '../../panes/cornerstone/engine.ts';
import { fullImage, preparePreview } from '../../panes/cornerstone/frameLoader.ts';
import { loadPreview } from '../../panes/cornerstone/frameStore.ts';
import { registerMetadata } from '../../panes/cornerstone/registerMetadata.ts';
import type { DisplaySet } from '../../panes/study/displaySets.ts';
import { isLargeSet } from './prepareCase.ts';

/** Makes the first picture of a set before anybody looks, of a large one its preview. */
export async function preparePicture(set: DisplaySet): Promise<void> {
  const [first] = set.imageIds;
  if (!first) return;
  await startEngine();
  registerMetadata(set);
  if (!isLargeSet(set)) await fullImage(first, 'ahead');
  else if (await loadPreview({ study: set.studyUid, series: set.seriesUid }, true))
    await preparePreview(first);
}
