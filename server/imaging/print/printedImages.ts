import { z } from 'zod';
import { SYSTEM } from '../../core/access/actor.ts';
import type { ReportContent } from '../../core/center.ts';
import type { Context } from '../../core/context.ts';
import { DomainError } from '../../core/errors.ts';
import type { SectionImage } from '../../core/print/sections.ts';
import { measurementsIn, type KeptMeasurement } from '../measurement/storedMeasurement.ts';
import { resolveImages, type ResolvedInstance } from '../query/resolveImages.ts';
import { renderPicture } from '../renderPicture.ts';
import { readStoredHeader } from '../storedObject.ts';
import { drawMeasurements } from './drawMeasurements.ts';
import { drawSigns } from './drawSigns.ts';
import { imageSigns, type ImageSigns } from './imageSigns.ts';

/** An image to print, as it was seen. */
export interface ImageToPrint {
  studyInstanceUid: string;
  sopInstanceUid: string;
  frame: number;
  note?: string | null;
  view?: unknown;
}

export interface PrintedImage {
  bytes: Buffer;
  caption: string;
  signs: ImageSigns;
  over: NonNullable<SectionImage['over']>;
}

const LONGEST_SIDE = 1_400;
const view = z.object({
  window: z.object({ width: z.number().min(1), center: z.number() }).optional(),
});

/**
 * Pictures of images with their window and the measurements drawn on them, letters of the sides and a scale bar, captions `序列 3 图 17 note 1: 12.3 mm`. What no codec
 * here reads is named in its caption's place, so that a report can always be signed.
 */
export async function printedImages(
  ctx: Pick<Context, 'objects' | 'pool' | 'db'>,
  images: readonly ImageToPrint[],
  content: ReportContent,
): Promise<{ printed: PrintedImage[]; failed: number }> {
  const measurements = measurementsIn(content);
  const studies = new Map<string, ResolvedInstance[]>();
  const printed: PrintedImage[] = [];
  let failed = 0;
  for (const image of images) {
    const instances =
      studies.get(image.studyInstanceUid) ??
      (await resolveImages(ctx, SYSTEM, { study: image.studyInstanceUid }));
    studies.set(image.studyInstanceUid, instances);
    const instance = instances.find((each) => each.sopInstanceUid === image.sopInstanceUid);
    if (!instance) continue;
    const drawn = measurements.filter(
      (each) => each.sopInstanceUid === image.sopInstanceUid && each.frame === image.frame,
    );
    const bytes = await picture(ctx, instance, image, drawn);
    if (!bytes) {
      failed += 1;
      continue;
    }
    const { dataSet } = await readStoredHeader(ctx, instance);
    const signs = imageSigns(dataSet, image.frame);
    printed.push({
      bytes,
      caption: caption(instances, instance, image, drawn),
      signs,
      over: (pdf, area) => drawSigns(pdf, area, signs, instance.columns ?? 1),
    });
  }
  return { printed, failed };
}

async function picture(
  ctx: Pick<Context, 'objects'>,
  instance: ResolvedInstance,
  image: ImageToPrint,
  drawn: KeptMeasurement[],
): Promise<Buffer | undefined> {
  const asked = view.safeParse(image.view ?? {});
  const window = asked.success ? asked.data.window : undefined;
  try {
    const bytes = await renderPicture(ctx, instance, image.frame, {
      type: 'image/jpeg',
      quality: 92,
      maxSize: LONGEST_SIDE,
      ...(window && { window }),
    });
    const longest = Math.max(instance.rows ?? 0, instance.columns ?? 0, 1);
    return await drawMeasurements(Buffer.from(bytes), drawn, Math.min(1, LONGEST_SIDE / longest));
  } catch (error) {
    if (error instanceof DomainError && error.status < 500) return undefined;
    throw error;
  }
}

/** Which image it is by the numbers of its device, as the page and the report name it; note, and what was measured on it. */
function caption(
  instances: readonly ResolvedInstance[],
  instance: ResolvedInstance,
  image: ImageToPrint,
  drawn: readonly KeptMeasurement[],
): string {
  const ofSeries = instances.filter((each) => each.seriesInstanceUid === instance.seriesInstanceUid);
  const series = new Set(instances.map((each) => each.seriesInstanceUid));
  const place =
    instance.numberOfFrames > 1
      ? `第 ${image.frame} 帧`
      : `图 ${instance.instanceNumber ?? ofSeries.indexOf(instance) + 1}`;
  const measured = drawn.map(
    (each, index) => `${index + 1}: ${[each.label, said(each)].filter(Boolean).join(' ')}`,
  );
  const numbered = instance.seriesNumber ?? [...series].indexOf(instance.seriesInstanceUid) + 1;
  return [`序列 ${numbered} ${place}`, image.note ?? '', ...measured].filter(Boolean).join('  ');
}

function said({ values }: KeptMeasurement): string {
  const find = (quantity: string) => values.find((each) => each.quantity === quantity);
  const [length, width] = [find('length'), find('width')];
  if (length && width) return `${length.value.toFixed(1)}×${width.value.toFixed(1)} ${length.unit}`;
  const main = length ?? find('angle') ?? find('mean') ?? find('value') ?? find('area');
  return main ? `${main.value.toFixed(1)}${main.unit === '°' ? '' : ' '}${main.unit}` : '';
}
