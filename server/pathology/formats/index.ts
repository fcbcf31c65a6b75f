import type { ByteSource } from './byteSource.ts';
import { closedFormatOf, refuseClosedFormat } from './closedFormats.ts';
import * as dicomWsm from './dicomWsm.ts';
import type { SlideIndex } from './slideIndex.ts';
import * as tiff from './tiff.ts';
import { UnreadableSlide } from './unreadableSlide.ts';

/** A slide format: recognised by its first bytes, indexed through bounded random reads. */
export interface SlideFormat {
  name: string;
  matches(head: Uint8Array): boolean;
  read(source: ByteSource): Promise<SlideIndex>;
}

export const slideFormats: SlideFormat[] = [dicomWsm, tiff];

/**
 * Indexes a slide file of any known format. Throws {@link UnreadableSlide}: a closed format by its name with what to
 * export instead, everything else with the reason and the place.
 */
export async function readSlide(source: ByteSource, fileName = ''): Promise<SlideIndex> {
  const head = await source.read(0, Math.min(256, source.size));
  const closed = closedFormatOf(head, fileName);
  if (closed) throw refuseClosedFormat(closed);
  const format = slideFormats.find(({ matches }) => matches(head));
  if (!format) throw new UnreadableSlide('not-a-slide', 'neither TIFF/SVS nor DICOM by its first bytes');
  return format.read(source);
}
