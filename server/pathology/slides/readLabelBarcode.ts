import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import sharp, { type Sharp } from 'sharp';
import { prepareZXingModule, readBarcodes, type ReaderOptions } from 'zxing-wasm/reader';
import type { Queryable } from '../../core/database.ts';
import type { ByteSource } from '../formats/byteSource.ts';
import { joinFragments } from '../formats/dicomFrames.ts';
import type { AssociatedImage } from '../formats/slideIndex.ts';
import { openTile } from '../tiles/decodeTile.ts';
import { extractPage } from '../tiles/extractPage.ts';

const OPTIONS: ReaderOptions = {
  formats: ['QRCode', 'MicroQRCode', 'DataMatrix', 'Aztec', 'PDF417', 'Code128', 'Code39', 'ITF'],
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  maxNumberOfSymbols: 8,
};
/** A label's codes are some millimetres wide: more pixels only cost time. */
const LONGEST_SIDE = 1_600;
const MOST_PIXELS = 64e6;

let prepared: Promise<unknown> | undefined;

/** The reader's WebAssembly from the package itself: nothing is fetched from elsewhere. */
function prepare(): Promise<unknown> {
  prepared ??= readFile(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')).then(
    (wasmBinary) =>
      prepareZXingModule({
        overrides: { wasmBinary: new Uint8Array(wasmBinary).buffer },
        fireImmediately: true,
      }),
  );
  return prepared;
}

/** QR, DataMatrix, Code 128 and their kin in a picture, each text once. */
export async function readCodes(picture: Sharp): Promise<string[]> {
  await prepare();
  const { data, info } = await picture
    .resize(LONGEST_SIDE, LONGEST_SIDE, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const image = { data: new Uint8ClampedArray(data), width: info.width, height: info.height, colorSpace: 'srgb' as const }; // prettier-ignore
  const found = await readBarcodes(image, OPTIONS);
  return [...new Set(found.filter(({ isValid }) => isValid).map(({ text }) => text.trim()))].filter(Boolean);
}

/**
 * The barcode in the label's picture (else in the macro's): that of a known glass slide, or the only one there. What
 * the picture says proposes a case, as the scanner's own reading would. A picture that cannot be decoded says nothing.
 */
export async function readLabelBarcode(
  db: Queryable,
  sources: readonly ByteSource[],
  associated: readonly AssociatedImage[],
): Promise<string | null> {
  for (const kind of ['label', 'macro'] as const) {
    const image = associated.find((each) => each.kind === kind);
    const source = image && sources[image.source];
    if (!image || !source || image.width * image.height > MOST_PIXELS) continue;
    const codes = await open(source, image)
      .then(readCodes)
      .catch(() => []);
    if (codes.length === 0) continue;
    const glass = await db
      .selectFrom('pathologySlide')
      .select('barcode')
      .where(
        'barcode',
        'in',
        codes.flatMap((code) => [code, code.toUpperCase()]),
      )
      .limit(2)
      .execute();
    if (glass.length === 1) return glass[0]?.barcode ?? null;
    if (glass.length === 0 && codes.length === 1 && (codes[0] ?? '').length <= 64) return codes[0] ?? null;
  }
  return null;
}

async function open(source: ByteSource, image: AssociatedImage): Promise<Sharp> {
  if (image.page !== undefined)
    return sharp(await extractPage(source, image.page), { limitInputPixels: MOST_PIXELS });
  if (!image.frame) throw new Error('the picture stands nowhere');
  const stored = await source.read(image.frame.offset, image.frame.length);
  const bytes = image.frame.fragmented ? joinFragments(stored) : stored;
  return openTile(bytes, image.frame.encoding, image.width, image.height);
}
