import type { DataSet } from 'dicom-parser';
import type { ByteSource } from './byteSource.ts';
import { encapsulatedFrames, nativeFrames } from './dicomFrames.ts';
import type { FrameTable } from './dicomFrames.ts';
import { isDicomFile, readDicomHeader } from './dicomHeader.ts';
import type { Part } from './dicomTiles.ts';
import { placeFrames } from './dicomTiles.ts';
import type {
  AssociatedImage,
  Photometric,
  SlideIndex,
  TileCompression,
  TileEncoding,
} from './slideIndex.ts';
import { believedProfile, checkTiles, limits, tileGrid } from './slideIndex.ts';
import { UnreadableSlide } from './unreadableSlide.ts';

export const name = 'DICOM VL whole-slide microscopy';
export const vlWholeSlideMicroscopyImageStorage = '1.2.840.10008.5.1.4.1.1.77.1.6';

/** Any Part 10 file; {@link read} refuses other SOP classes by name. */
export const matches = isDicomFile;

const compressions: Record<string, TileCompression> = {
  '1.2.840.10008.1.2': 'none',
  '1.2.840.10008.1.2.1': 'none',
  '1.2.840.10008.1.2.4.50': 'jpeg',
  '1.2.840.10008.1.2.4.51': 'jpeg',
  '1.2.840.10008.1.2.4.80': 'jpeg-ls',
  '1.2.840.10008.1.2.4.81': 'jpeg-ls',
  '1.2.840.10008.1.2.4.90': 'jpeg2000',
  '1.2.840.10008.1.2.4.91': 'jpeg2000',
  '1.2.840.10008.1.2.5': 'rle',
};

function photometricOf(value: string): Photometric {
  // YBR_RCT and YBR_ICT belong to the JPEG 2000 code stream: its decoder undoes them and gives RGB (PS3.5 §8.2.4)
  if (value === 'RGB' || value === 'YBR_RCT' || value === 'YBR_ICT') return 'rgb';
  if (value === 'MONOCHROME2') return 'monochrome';
  if (value.startsWith('YBR_FULL')) return 'ycbcr';
  throw new UnreadableSlide('unsupported-compression', `photometric interpretation ${value || '(absent)'}`);
}

function encodingOf(dataSet: DataSet, transferSyntaxUid: string): TileEncoding {
  const compression = compressions[transferSyntaxUid];
  if (!compression)
    throw new UnreadableSlide('unsupported-compression', `transfer syntax ${transferSyntaxUid}`);
  const samplesPerPixel = dataSet.uint16('x00280002') ?? 0;
  const bitsPerSample = dataSet.uint16('x00280100') ?? 0;
  if (![1, 3].includes(samplesPerPixel) || bitsPerSample !== 8) {
    throw new UnreadableSlide(
      'unsupported-compression',
      `${samplesPerPixel} samples of ${bitsPerSample} bits`,
    );
  }
  const photometric = photometricOf(dataSet.string('x00280004') ?? '');
  if (compression === 'none' && (dataSet.string('x00280004') ?? '').endsWith('_422')) {
    throw new UnreadableSlide('unsupported-compression', 'uncompressed YBR_FULL_422');
  }
  const interleaved = (dataSet.uint16('x00280006') ?? 0) === 0;
  return {
    compression,
    photometric,
    samplesPerPixel,
    bitsPerSample,
    predictor: 1,
    interleaved,
    trustAdobeMarker: true,
  };
}

/** Pixel spacing of the shared functional groups (millimetres, row then column), else volume width over columns. */
function micrometrePerPixelOf(dataSet: DataSet, width: number): number | null {
  const shared = dataSet.elements['x52009229']?.items?.[0]?.dataSet;
  const spacing = shared?.elements['x00289110']?.items?.[0]?.dataSet?.string('x00280030', 0);
  const millimetres = Number(spacing) || (dataSet.float('x00480001') ?? 0) / width;
  return millimetres > 0 ? millimetres * 1000 : null;
}

function objectivePowerOf(dataSet: DataSet): number | null {
  const path = dataSet.elements['x00480105']?.items?.[0]?.dataSet;
  const power = Number(path?.string('x00480112') ?? '');
  return power > 0 ? power : null;
}

/** Which part of a concatenation an instance is; undefined for a whole one. */
function partOf(dataSet: DataSet): Part | undefined {
  const uid = dataSet.string('x00209161');
  if (!uid) return undefined;
  const frameOffset = dataSet.uint32('x00209228') ?? 0;
  return { uid, frameOffset: Math.min(frameOffset, limits.tilesPerLevel * limits.focalPlanes) };
}

/** Profile of the first optical path (PS3.3 §C.8.12.5). */
function profileOf(dataSet: DataSet): Buffer | undefined {
  const path = dataSet.elements['x00480105']?.items?.[0]?.dataSet;
  const element = path?.elements['x00282000'];
  if (!path || !element) return undefined;
  const { byteArray } = path;
  const bytes = Buffer.from(byteArray.buffer, byteArray.byteOffset + element.dataOffset, element.length);
  return believedProfile(Buffer.from(bytes));
}

function focalStepOf(dataSet: DataSet): number | null {
  const shared = dataSet.elements['x52009229']?.items?.[0]?.dataSet;
  const measures = shared?.elements['x00289110']?.items?.[0]?.dataSet;
  const millimetres = Number(measures?.string('x00180088') ?? '');
  return millimetres > 0 ? millimetres * 1000 : null;
}

const associatedKinds: Record<string, AssociatedImage['kind']> = {
  LABEL: 'label',
  OVERVIEW: 'macro',
  THUMBNAIL: 'thumbnail',
};

async function framesOf(
  source: ByteSource,
  header: Awaited<ReturnType<typeof readDicomHeader>>,
  frames: number,
  frameBytes: number,
): Promise<FrameTable> {
  return header.pixels.undefinedLength
    ? encapsulatedFrames(source, header, frames)
    : nativeFrames(header, source.size, frames, frameBytes);
}

/** DICOM DT `YYYYMMDDHHMMSS…` as local ISO time. */
function acquisitionTime(value: string | undefined): string | null {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})/.exec(value ?? '');
  return match ? `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}` : null;
}

/**
 * Indexes one instance of a DICOM whole slide: one level, or a label, overview or thumbnail. The instances of a
 * series become a slide by `joinInstances`. TILED_FULL and TILED_SPARSE, native and encapsulated, with and without
 * offset tables, focal planes, parts of a concatenation (PS3.3 §A.32.8, §C.8.12.4, §C.7.6.16, §C.7.6.17). Of several
 * optical paths the first.
 */
export async function read(source: ByteSource): Promise<SlideIndex> {
  const header = await readDicomHeader(source);
  const { dataSet } = header;
  const sopClass = dataSet.string('x00080016') ?? '';
  if (sopClass !== vlWholeSlideMicroscopyImageStorage) {
    throw new UnreadableSlide(
      'not-a-slide',
      `SOP class ${sopClass || '(absent)'} is not a whole-slide image`,
    );
  }
  const encoding = encodingOf(dataSet, header.transferSyntaxUid);
  const tileHeight = dataSet.uint16('x00280010') ?? 0;
  const tileWidth = dataSet.uint16('x00280011') ?? 0;
  const frames = Number(dataSet.string('x00280008') ?? '1');
  const width = dataSet.uint32('x00480006') ?? tileWidth;
  const height = dataSet.uint32('x00480007') ?? tileHeight;
  const kind = associatedKinds[dataSet.string('x00080008', 2) ?? ''];
  const { columns, rows } = tileGrid(width, height, tileWidth, tileHeight);
  if (!Number.isInteger(frames) || frames < 1 || frames > 4_000_000) {
    throw new UnreadableSlide('malformed', `number of frames is ${dataSet.string('x00280008')}`);
  }
  const table = await framesOf(source, header, frames, tileWidth * tileHeight * encoding.samplesPerPixel);
  const common = {
    format: 'dicom-wsm' as const,
    vendor: (dataSet.string('x00080070') ?? 'unknown').slice(0, 64),
    micrometrePerPixel: micrometrePerPixelOf(dataSet, width),
    objectivePower: objectivePowerOf(dataSet),
    barcode: dataSet.string('x22000005') ?? dataSet.string('x00400512') ?? null,
    synthetic: false,
    scannedAt: acquisitionTime(dataSet.string('x0008002a')),
    seriesInstanceUid: dataSet.string('x0020000e') ?? '',
  };
  if (kind) {
    if (columns * rows !== 1)
      throw new UnreadableSlide('unsupported-compression', `a ${kind} image cut into tiles`);
    const offset = table.offsets[0] ?? 0;
    const length = table.lengths[0] ?? 0;
    const frame = { offset, length, encoding, fragmented: table.fragmented };
    return { ...common, levels: [], associated: [{ kind, width, height, source: 0, frame }] };
  }
  const part = partOf(dataSet);
  const planes = placeFrames(dataSet, table, { columns, rows, tileWidth, tileHeight }, part);
  for (const tiles of planes) checkTiles(tiles, source.size, 0);
  const geometry = { width, height, tileWidth, tileHeight, columns, rows, downsample: 1 };
  const level = { ...geometry, encoding, planes, fragmented: table.fragmented, source: 0 };
  const icc = profileOf(dataSet);
  return {
    ...common,
    levels: [level],
    associated: [],
    ...(icc && { icc }),
    ...(part && { concatenationUid: part.uid }),
    focalStepMicrometre: planes.length > 1 ? focalStepOf(dataSet) : null,
  };
}
