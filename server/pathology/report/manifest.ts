import { createHash } from 'node:crypto';
import type { ManifestEntry } from '../../core/center.ts';
import type { Queryable } from '../../core/database.ts';

/**
 * What a signature over a pathology report covers: every slide image by the SHA-256 of its files (of its parts'
 * addresses while a very large file is still being hashed), blocks, glass slides and snapshots by their ids.
 */
export async function manifest(db: Queryable, orderId: string): Promise<ManifestEntry[]> {
  const [images, files, parts, glass, blocks, snapshots] = await Promise.all([
    db
      .selectFrom('slideImage')
      .select(['id', 'stain'])
      .where('orderId', '=', orderId)
      .where('state', '=', 'ready')
      .orderBy('id')
      .execute(),
    db
      .selectFrom('slideImageFile as f')
      .innerJoin('slideImage as s', 's.id', 'f.slideImageId')
      .select(['f.slideImageId', 'f.number', 'f.sha256'])
      .where('s.orderId', '=', orderId)
      .where('f.derived', '=', false)
      .orderBy('f.number')
      .execute(),
    db
      .selectFrom('slideImagePart as p')
      .innerJoin('slideImage as s', 's.id', 'p.slideImageId')
      .select(['p.slideImageId', 'p.fileNumber', 'p.objectAddress'])
      .where('s.orderId', '=', orderId)
      .orderBy('p.start')
      .execute(),
    db
      .selectFrom('pathologySlide')
      .select(['id', 'barcode', 'stain'])
      .where('orderId', '=', orderId)
      .orderBy('barcode')
      .execute(),
    db
      .selectFrom('pathologyBlock')
      .select(['id', 'barcode'])
      .where('orderId', '=', orderId)
      .orderBy('barcode')
      .execute(),
    db
      .selectFrom('slideSnapshot')
      .select(['id', 'objectAddress'])
      .where('orderId', '=', orderId)
      .orderBy('id')
      .execute(),
  ]);
  const hashOf = (slideId: string) => {
    const hash = createHash('sha256');
    const own = files.filter(({ slideImageId }) => slideImageId === slideId);
    const [only] = own;
    if (own.length === 1 && only?.sha256) return { sha256: only.sha256, of: 'file' };
    for (const file of own) {
      const addresses = parts.filter(
        (part) => part.slideImageId === slideId && part.fileNumber === file.number,
      );
      hash.update(file.sha256 ?? addresses.map(({ objectAddress }) => objectAddress).join());
    }
    return { sha256: hash.digest('hex'), of: 'files' };
  };
  return [
    ...images.map(({ id, stain }) => {
      const { sha256, of } = hashOf(id);
      return { type: 'slide-image', id, sha256, detail: { stain, hashOf: of } };
    }),
    ...blocks.map(({ id, barcode }) => ({ type: 'block', id, detail: { barcode } })),
    ...glass.map(({ id, barcode, stain }) => ({ type: 'slide', id, detail: { barcode, stain } })),
    ...snapshots.map(({ id, objectAddress }) => ({ type: 'snapshot', id, sha256: objectAddress })),
  ];
}
