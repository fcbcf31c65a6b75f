import type { Queryable } from '../../core/database.ts';
import type { ByteSource } from '../formats/byteSource.ts';
import type { SlideIndex } from '../formats/slideIndex.ts';
import { readLabelBarcode } from './readLabelBarcode.ts';

export interface ChosenBarcode {
  barcode: string | null;
  barcodeSource: 'file' | 'label' | 'name' | null;
}

/**
 * The barcode of a slide: what the scanner wrote into the file; where that is missing or no glass slide of ours, what
 * the label's picture shows; else the file's name. The picture outweighs metadata that names nothing we know, never
 * metadata that does.
 */
export async function chooseBarcode(
  db: Queryable,
  sources: readonly ByteSource[],
  index: SlideIndex,
  fileName: string,
): Promise<ChosenBarcode> {
  if (index.barcode && (await isGlass(db, index.barcode)))
    return { barcode: index.barcode, barcodeSource: 'file' };
  const seen = await readLabelBarcode(db, sources, index.associated);
  if (seen && (!index.barcode || (await isGlass(db, seen)))) return { barcode: seen, barcodeSource: 'label' };
  if (index.barcode) return { barcode: index.barcode, barcodeSource: 'file' };
  const named = await barcodeOfName(db, fileName);
  return { barcode: named, barcodeSource: named ? 'name' : null };
}

const isGlass = async (db: Queryable, barcode: string): Promise<boolean> =>
  (await db.selectFrom('pathologySlide').select('id').where('barcode', '=', barcode).executeTakeFirst()) !==
  undefined;

/** Scanners that do not write the label's barcode into the file often name the file by it: that of a known glass slide. */
async function barcodeOfName(db: Queryable, fileName: string): Promise<string | null> {
  const name = fileName.replace(/\.[^.]+$/, '').toUpperCase();
  const glass = await db
    .selectFrom('pathologySlide')
    .select('barcode')
    .where('barcode', 'in', [name, name.split(/[ _(,;]/)[0] ?? name])
    .limit(1)
    .executeTakeFirst();
  return glass?.barcode ?? null;
}
