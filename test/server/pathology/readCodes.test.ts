import bwipjs from 'bwip-js/node';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { readCodes } from '../../../server/pathology/slides/readLabelBarcode.ts';

const code = (bcid: string, text: string) =>
  bwipjs.toBuffer({ bcid, text, scale: 4, paddingwidth: 6, paddingheight: 6, backgroundcolor: 'ffffff' });
/** A label as a scanner photographs it: yellowish, slightly blurred, turned, with writing beside the code. */
async function photographed(picture: Buffer, degrees: number): Promise<Sharp> {
  const { width = 0, height = 0 } = await sharp(picture).metadata();
  const side = Math.max(width, height) + 260;
  const label = await sharp({ create: { width: side, height: side, channels: 3, background: '#f4efdc' } })
    .composite([
      { input: picture, top: 130, left: 130 },
      { input: Buffer.from(`<svg width="${side}" height="90"><text x="12" y="60" font-size="48">B2026-00017 A1 HE</text></svg>`), top: 0, left: 0 },
    ])
    .jpeg({ quality: 75 })
    .toBuffer(); // prettier-ignore
  return sharp(label).rotate(degrees, { background: '#f4efdc' }).blur(0.8);
}

describe('a code in the picture of a label', () => {
  test.each([
    ['qrcode', 0],
    ['qrcode', 90],
    ['datamatrix', 0],
    ['datamatrix', 180],
    ['datamatrix', 7],
    ['code128', 0],
    ['code128', 90],
    ['code39', 0],
  ] as const)('%s turned by %d degrees is read', async (bcid, degrees) => {
    const picture = await code(bcid, 'P26000042-A1-1');
    expect(await readCodes(await photographed(picture, degrees))).toEqual(['P26000042-A1-1']);
  });

  test('writing alone, noise and an empty picture say nothing', async () => {
    const empty = sharp({ create: { width: 400, height: 300, channels: 3, background: '#ffffff' } });
    expect(await readCodes(empty)).toEqual([]);
    const noise = Buffer.from(Array.from({ length: 300 * 300 }, (_, n) => (n * 7919) % 251));
    expect(await readCodes(sharp(noise, { raw: { width: 300, height: 300, channels: 1 } }))).toEqual([]);
  });

  test('two codes are both told', async () => {
    const [a, b] = await Promise.all([code('qrcode', 'ONE'), code('datamatrix', 'TWO')]);
    const both = sharp({ create: { width: 700, height: 400, channels: 3, background: '#ffffff' } })
      .composite([{ input: a, left: 20, top: 40 }, { input: b, left: 400, top: 40 }]).png(); // prettier-ignore
    expect((await readCodes(sharp(await both.toBuffer()))).sort()).toEqual(['ONE', 'TWO']);
  });
});
