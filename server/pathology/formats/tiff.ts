import type { ByteSource } from './byteSource.ts';
import { windowedSource } from './byteSource.ts';
import { readAperioDescription } from './aperioDescription.ts';
import type { AssociatedImage, SlideIndex, SlideLevel } from './slideIndex.ts';
import { believedProfile, checkTiles, downsampleOf, limits, tileGrid } from './slideIndex.ts';
import { readTiffEncoding } from './tiffEncoding.ts';
import type { TiffDirectory } from './tiffDirectory.ts';
import { isTiff, readTiffDirectories, tag } from './tiffDirectory.ts';
import { refuseKnownTiffDialects } from './closedFormats.ts';
import { UnreadableSlide } from './unreadableSlide.ts';

export const name = 'pyramidal TIFF / SVS';

/** Classic TIFF or BigTIFF, either byte order. */
export const matches = isTiff;

async function readLevel(source: ByteSource, directory: TiffDirectory): Promise<SlideLevel> {
  const width = (await directory.number(tag.imageWidth)) ?? 0;
  const height = (await directory.number(tag.imageLength)) ?? 0;
  const tileWidth = (await directory.number(tag.tileWidth)) ?? 0;
  const tileHeight = (await directory.number(tag.tileLength)) ?? 0;
  const { columns, rows } = tileGrid(width, height, tileWidth, tileHeight);
  const encoding = await readTiffEncoding(directory);
  const offsets = await directory.numbers(tag.tileOffsets);
  const lengths = await directory.numbers(tag.tileByteCounts);
  if (offsets.length !== columns * rows || lengths.length !== columns * rows) {
    const found = `${offsets.length} offsets and ${lengths.length} lengths`;
    throw new UnreadableSlide(
      'malformed',
      `directory ${directory.page}: ${found} for ${columns} × ${rows} tiles`,
    );
  }
  const huge = lengths.findIndex((length) => length > limits.tileBytes);
  if (huge >= 0) throw new UnreadableSlide('too-large', `tile ${huge} has ${lengths[huge]} bytes`);
  const tiles = { offsets, lengths: Uint32Array.from(lengths) };
  checkTiles(tiles, source.size, directory.page);
  const grid = { width, height, tileWidth, tileHeight, columns, rows };
  return { ...grid, downsample: 1, encoding, planes: [tiles], fragmented: false, source: 0 };
}

/** Micrometres per pixel from the resolution tags; resolutions of printers and screens (72 dpi) are not believed. */
async function resolutionOf(directory: TiffDirectory): Promise<number | null> {
  const perUnit = (await directory.number(tag.xResolution)) ?? 0;
  const unit = (await directory.number(tag.resolutionUnit)) ?? 2;
  const unitMicrometres = unit === 3 ? 10_000 : unit === 2 ? 25_400 : 0;
  const micrometres = unitMicrometres / perUnit;
  return micrometres >= 0.02 && micrometres <= 20 ? micrometres : null;
}

function omePixelSize(description: string): number | null {
  const size = Number(/PhysicalSizeX="([\d.eE+-]+)"/.exec(description)?.[1]);
  const unit = /PhysicalSizeXUnit="([^"]{1,4})"/.exec(description)?.[1] ?? 'µm';
  if (!(size > 0)) return null;
  return unit === 'nm' ? size / 1000 : unit === 'mm' ? size * 1000 : size;
}

/** A level of the pyramid has the shape of level 0; another tiled picture (a second scene) has not. */
function belongsTo(base: SlideLevel, level: SlideLevel): boolean {
  const ratio = base.width / level.width / (base.height / level.height);
  const roundingOfSmallLevels = 2 / Math.min(level.width, level.height);
  return Math.abs(ratio - 1) <= 0.02 + roundingOfSmallLevels;
}

async function associatedOf(
  directory: TiffDirectory,
  description: string,
): Promise<AssociatedImage | undefined> {
  const width = (await directory.number(tag.imageWidth)) ?? 0;
  const height = (await directory.number(tag.imageLength)) ?? 0;
  if (directory.page < 0 || width < 1 || height < 1 || width * height > 64e6) return undefined;
  const secondLine = description.split('\n')[1]?.trim().toLowerCase() ?? '';
  const word =
    /^(label|macro)\b/.exec(secondLine)?.[1] ?? /^(label|macro)\b/i.exec(description)?.[1]?.toLowerCase();
  const kind = word === 'label' || word === 'macro' ? word : directory.page === 1 ? 'thumbnail' : undefined;
  return kind && { kind, width, height, source: 0, page: directory.page };
}

/**
 * Indexes a pyramidal TIFF: Aperio SVS, generic tiled pyramids and OME pyramids in sub-directories.
 * Nothing is decoded. Method: TIFF 6.0 §15 (tiles), TIFF technical note 2 (JPEG tables), OpenSlide's rules for
 * Aperio (tiled directories are levels, stripped ones are thumbnail, label and macro).
 * Throws {@link UnreadableSlide} with the reason for every file that cannot be shown in full.
 */
export async function read(source: ByteSource): Promise<SlideIndex> {
  const directories = await readTiffDirectories(windowedSource(source));
  const first = directories[0];
  if (!first) throw new UnreadableSlide('malformed', 'the file has no directory');
  const description = await first.text(tag.imageDescription);
  await refuseKnownTiffDialects(first, description);
  if (!first.has(tag.tileWidth)) {
    throw new UnreadableSlide(
      'not-tiled',
      'the first picture is not cut into tiles; export as pyramidal tiled TIFF, SVS or DICOM',
    );
  }
  const aperio = description.startsWith('Aperio') ? readAperioDescription(description) : undefined;
  const levels: SlideLevel[] = [];
  const associated: AssociatedImage[] = [];
  for (const directory of directories) {
    if (directory.has(tag.tileWidth)) {
      const level = await readLevel(source, directory);
      const base = levels[0] ?? level;
      const smaller = levels.length === 0 || level.width < (levels.at(-1)?.width ?? 0);
      if (smaller && belongsTo(base, level)) levels.push({ ...level, downsample: downsampleOf(base, level) });
    } else {
      const image = await associatedOf(directory, await directory.text(tag.imageDescription));
      if (image) associated.push(image);
    }
  }
  const make = (await first.text(tag.make)) || (await first.text(tag.software));
  const icc = believedProfile(await first.bytes(tag.iccProfile).catch(() => undefined));
  return {
    ...(icc && { icc }),
    format: aperio ? 'svs' : 'tiff',
    vendor: aperio ? 'Aperio' : make.slice(0, 64) || 'unknown',
    levels,
    associated,
    micrometrePerPixel:
      aperio?.micrometrePerPixel ?? omePixelSize(description) ?? (await resolutionOf(first)),
    objectivePower: aperio?.objectivePower ?? null,
    barcode: aperio?.barcode ?? null,
    scannedAt: aperio?.scannedAt ?? null,
    synthetic: /\bSYNTHETIC\b/.test(description.split('\n')[0] ?? ''),
  };
}
