import type { ByteSource } from '../formats/byteSource.ts';
import { windowedSource } from '../formats/byteSource.ts';
import { readTiffEncoding } from '../formats/tiffEncoding.ts';
import { readTiffDirectories, tag } from '../formats/tiffDirectory.ts';
import { UnreadableSlide } from '../formats/unreadableSlide.ts';
import type { TiffField } from './writeTiffPage.ts';
import { writeTiffPage } from './writeTiffPage.ts';

const maxStrips = 65_536;
const maxBytes = 64 * 1024 * 1024;

/** Tags that say how strips are decoded; the others (descriptions, dates) stay behind. */
const shorts = [
  tag.bitsPerSample,
  tag.compression,
  tag.photometric,
  tag.samplesPerPixel,
  tag.planarConfiguration,
  tag.predictor,
  tag.colorMap,
  530,
];

/**
 * Cuts one stripped directory (label, macro, thumbnail) out of a slide of any size as a small TIFF of its own, which
 * sharp opens. Throws {@link UnreadableSlide} when it is not stripped or too large.
 */
export async function extractPage(source: ByteSource, page: number): Promise<Buffer> {
  const directories = await readTiffDirectories(windowedSource(source));
  const directory = directories.find((candidate) => candidate.page === page);
  if (!directory?.has(tag.stripOffsets))
    throw new UnreadableSlide('malformed', `directory ${page} has no strips`);
  await readTiffEncoding(directory);
  const offsets = await directory.numbers(tag.stripOffsets);
  const lengths = await directory.numbers(279);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (offsets.length !== lengths.length || offsets.length > maxStrips || total > maxBytes) {
    throw new UnreadableSlide(
      'too-large',
      `directory ${page} has ${offsets.length} strips with ${total} bytes`,
    );
  }
  const pieces: Buffer[] = [];
  for (const [n, offset] of offsets.entries()) pieces.push(await source.read(offset, lengths[n] ?? 0));
  const fields: TiffField[] = [{ tag: 279, type: 4, values: [...lengths] }];
  for (const wanted of [tag.imageWidth, tag.imageLength, 278]) {
    fields.push({ tag: wanted, type: 4, values: [...(await directory.numbers(wanted))] });
  }
  for (const wanted of shorts) {
    if (directory.has(wanted))
      fields.push({ tag: wanted, type: 3, values: [...(await directory.numbers(wanted))] });
  }
  const tables = await directory.bytes(tag.jpegTables);
  if (tables) fields.push({ tag: tag.jpegTables, type: 7, values: tables });
  return writeTiffPage(
    fields.filter(({ values }) => values.length > 0),
    tag.stripOffsets,
    pieces,
  );
}
