import type { Queryable } from '../../core/database.ts';
import { notFound } from '../../core/errors.ts';
import type { ObjectStore } from '../../core/storage/objectStore.ts';
import type { ByteSource } from '../formats/byteSource.ts';
import { checkRange } from '../formats/byteSource.ts';

export interface FilePart {
  start: number;
  size: number;
  objectAddress: string;
}

/** The part that holds `offset`; parts are sorted by start and leave no gap. */
function partAt(parts: FilePart[], offset: number): FilePart | undefined {
  let low = 0;
  let high = parts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((parts[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return parts[low];
}

/** One file out of its stored parts, read at random; most reads touch one object. */
export function partsSource(objects: Pick<ObjectStore, 'read'>, parts: FilePart[]): ByteSource {
  const last = parts.at(-1);
  const size = last ? last.start + last.size : 0;
  return {
    size,
    async read(offset, length) {
      checkRange(size, offset, length);
      const pieces: Buffer[] = [];
      for (let at = offset; at < offset + length;) {
        const part = partAt(parts, at);
        if (!part) throw notFound('part of the slide file');
        const from = at - part.start;
        const take = Math.min(part.size - from, offset + length - at);
        pieces.push(await objects.read(part.objectAddress, { start: from, end: from + take - 1 }));
        at += take;
      }
      const [first] = pieces;
      return pieces.length === 1 && first ? first : Buffer.concat(pieces);
    },
  };
}

/** The parts of every file of a slide, by file number. */
export async function loadParts(db: Queryable, slideImageId: string): Promise<FilePart[][]> {
  const rows = await db
    .selectFrom('slideImagePart')
    .select(['fileNumber', 'start', 'size', 'objectAddress'])
    .where('slideImageId', '=', slideImageId)
    .orderBy('fileNumber')
    .orderBy('start')
    .execute();
  const files: FilePart[][] = [];
  for (const { fileNumber, ...part } of rows) (files[fileNumber] ??= []).push(part);
  return files;
}
