import type { Context } from '../../core/context.ts';
import { tags, type DataSet, type Header } from '../../standards/dicom/index.ts';
import { readFrame, readStoredHeader, type StoredObject } from '../storedObject.ts';
import type { PixelFormat, RenderRequest, StoredFrame } from './frame.ts';

/** Pixel format of a header. */
export function pixelFormat(dataSet: DataSet): PixelFormat {
  const number = (tag: number, otherwise: number) => dataSet.number(tag) ?? otherwise;
  const bitsAllocated = number(tags.bitsAllocated, 16);
  return {
    rows: number(tags.rows, 0),
    columns: number(tags.columns, 0),
    samplesPerPixel: number(tags.samplesPerPixel, 1),
    bitsAllocated,
    bitsStored: number(tags.bitsStored, bitsAllocated),
    pixelRepresentation: number(tags.pixelRepresentation, 0),
    photometric: dataSet.string(tags.photometricInterpretation) ?? 'MONOCHROME2',
    planarConfiguration: number(tags.planarConfiguration, 0),
  };
}

/** One frame (from 1) of a stored object with its format, for a worker. */
export async function loadFrame(
  ctx: Pick<Context, 'objects'>,
  object: StoredObject,
  number: number,
  header?: Header,
): Promise<{ frame: StoredFrame; header: Header }> {
  const read = header ?? (await readStoredHeader(ctx, object));
  const bytes = await readFrame(ctx, object, number, read);
  return {
    frame: { ...pixelFormat(read.dataSet), transferSyntax: object.transferSyntax, bytes },
    header: read,
  };
}

/** What multi-frame objects say for all frames, and for each (PS3.3 §C.7.6.16). */
const sharedFunctionalGroups = 0x52009229;
const perFrameFunctionalGroups = 0x52009230;
const redPalette = 0x00281101;
const redData = 0x00281201;

/** How a header wants the pixels of a frame (from 1) shown: rescale, first window, palette. */
export function renderDefaults(
  dataSet: DataSet,
  number = 1,
): Pick<RenderRequest, 'slope' | 'intercept' | 'window' | 'voiFunction' | 'palette'> {
  const [shared] = dataSet.sequence(sharedFunctionalGroups);
  const own = dataSet.sequence(perFrameFunctionalGroups)[number - 1];
  const of = (macro: number) => own?.sequence(macro)[0] ?? shared?.sequence(macro)[0] ?? dataSet;
  const voi = of(0x00289132);
  const rescale = of(0x00289145);
  const center = voi.number(tags.windowCenter);
  const width = voi.number(tags.windowWidth);
  const voiFunction = voi.string(0x00281056);
  // A width below one has a meaning in these two only (PS3.3 §C.11.2.1.2).
  const least = voiFunction === 'LINEAR_EXACT' || voiFunction === 'SIGMOID' ? Number.MIN_VALUE : 1;
  const palette = readPalette(dataSet);
  return {
    slope: rescale.number(tags.rescaleSlope) ?? 1,
    intercept: rescale.number(tags.rescaleIntercept) ?? 0,
    ...(center !== undefined && width !== undefined && width >= least && { window: { center, width } }),
    ...(voiFunction && { voiFunction }),
    ...(palette && { palette }),
  };
}

/** Palette Color Lookup Tables (PS3.3 §C.7.6.3.1.5); segmented ones are not read. */
function readPalette(dataSet: DataSet): RenderRequest['palette'] {
  const [entries, first = 0, bits = 16] = dataSet.numbers(redPalette);
  const tables = [0, 1, 2].map((colour) => dataSet.bytes(redData + colour));
  const [red, green, blue] = tables;
  if (entries === undefined || !red || !green || !blue) return undefined;
  const count = entries === 0 ? 65_536 : entries;
  const words = (bytes: Buffer) =>
    Uint16Array.from({ length: count }, (_, i) =>
      bytes.length >= count * 2
        ? dataSet.encoding.bigEndian
          ? bytes.readUInt16BE(i * 2)
          : bytes.readUInt16LE(i * 2)
        : (bytes[i] ?? 0),
    );
  return {
    red: words(red),
    green: words(green),
    blue: words(blue),
    first,
    bits: red.length >= count * 2 ? (bits >= 8 && bits <= 16 ? bits : 16) : 8,
  };
}
