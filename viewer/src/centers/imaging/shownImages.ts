import type { ShownInputs } from '../../shell/report/useReportActions.ts';
import { getReading, shownQuality } from './readingStore.ts';

interface Shown {
  images: Set<string>;
  volumes: Set<string>;
}

const cases = new Map<string, Shown>();

function of(orderId: string): Shown {
  const known = cases.get(orderId) ?? { images: new Set(), volumes: new Set() };
  cases.set(orderId, known);
  return known;
}

const seriesOf = (imageId: string): string => /\/series\/([^/]+)\//.exec(imageId)?.[1] ?? '';

/** An image stood on a screen of this reader at full quality; true where it is the first time. */
export function noteImage(orderId: string, imageId: string): boolean {
  const { images } = of(orderId);
  if (images.has(imageId)) return false;
  images.add(imageId);
  return true;
}

/** A series was read as a volume of full quality. */
export function noteVolume(orderId: string, seriesUid: string): void {
  of(orderId).volumes.add(seriesUid);
}

export function forgetShown(orderId: string): void {
  cases.delete(orderId);
}

/** What the record of a signature keeps: how good what is shown is, and how many images of each of today's series were seen so. */
export function shownInputs(orderId: string): ShownInputs {
  const { images, volumes } = of(orderId);
  const series = new Map<string, ShownInputs['series'][number]>();
  const reading = getReading(orderId);
  for (const imageId of reading.imageIds) {
    const uid = seriesOf(imageId);
    const row = series.get(uid) ?? {
      uid,
      images: 0,
      full: 0,
      ...(volumes.has(uid) && { volume: true }),
    };
    row.images += 1;
    if (images.has(imageId)) row.full += 1;
    series.set(uid, row);
  }
  return { quality: shownQuality(reading), series: [...series.values()].slice(0, 500) };
}
