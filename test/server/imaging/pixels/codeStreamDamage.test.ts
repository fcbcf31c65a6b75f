import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deriveSeries } from '../../../../server/imaging/derive/deriveSeries.ts';
import { tellsDamage, withEndCheck } from '../../../../server/imaging/pixels/codeStreamDamage.ts';
import { decodeFrame } from '../../../../server/imaging/pixels/decodeFrame.ts';
import { pixelFormat } from '../../../../server/imaging/pixels/pixelSource.ts';
import { findFrames, readHeader, tags } from '../../../../server/standards/dicom/index.ts';
import { startHub, type TestHub } from '../../../helpers/hub.ts';
import { get, stow } from '../../../integrations/dicomweb/client.ts';

const folder = path.resolve('../shared/fixtures/dicom');
const lossless = 'syntaxes/CTImage.dcm_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm';
const samples = [
  lossless,
  'syntaxes/CTImage.dcm_JPEG2000TransferSyntax_1.2.840.10008.1.2.4.91.dcm',
  'syntaxes/CT1_J2KR',
  'syntaxes/CT2_J2KR',
  'general/693_J2KI.dcm',
  'general/examples_jpeg2k.dcm',
  'general/GDCMJ2K_TextGBR.dcm',
  'general/J2K_pixelrep_mismatch.dcm',
  'general/MR_small_jp2klossless.dcm',
];

async function firstFrame(file: string) {
  const bytes = fs.readFileSync(path.join(folder, file));
  const { dataSet, transferSyntax, pixelData } = readHeader(bytes);
  if (!pixelData) throw new Error(`${file} has no pixels`);
  const [parts = []] = await findFrames({
    dataSet,
    transferSyntax,
    pixelData,
    size: bytes.length,
    readAt: (offset, length) => bytes.subarray(offset, offset + length),
  });
  return {
    ...pixelFormat(dataSet),
    transferSyntax,
    bytes: Buffer.concat(parts.map(({ offset, length }) => bytes.subarray(offset, offset + length))),
  };
}

/** Bytes in the middle of a code stream that are not what was written. */
function hurt(bytes: Buffer, change: (byte: number) => number, count: number): Buffer {
  const copy = Buffer.from(bytes);
  const from = copy.length >> 1;
  for (let at = from; at < from + count; at += 1) copy[at] = change(copy[at] ?? 0);
  return copy;
}

describe('a JPEG 2000 frame', () => {
  test.each(samples)('%s is whole', async (file) => {
    expect((await decodeFrame(await firstFrame(file))).damaged).toBeUndefined();
  });

  test.each([
    ['one bit is turned', (byte: number) => byte ^ 16, 1],
    ['256 bytes are zero', () => 0, 256],
    ['2000 bytes are zero', () => 0, 2000],
    ['500 bytes are turned round', (byte: number) => byte ^ 0x55, 500],
  ] as const)('decodes, and is known as damaged where %s in its middle', async (_what, change, count) => {
    const frame = await firstFrame(lossless);
    const decoded = await decodeFrame({ ...frame, bytes: hurt(frame.bytes, change, count) });
    expect(decoded.bytes).toHaveLength(512 * 512 * 2);
    expect(decoded.damaged).toBe(true);
  });

  test('with raw bits in its blocks is not judged', async () => {
    const { bytes } = await firstFrame(lossless);
    const raw = Buffer.from(bytes);
    const style = raw.indexOf(Buffer.from([0xff, 0x52])) + 12;
    raw[style] = (raw[style] ?? 0) | 1;
    expect(withEndCheck(raw)).toBeUndefined();
    expect(withEndCheck(Buffer.from([0xff, 0x4f]))).toBeUndefined();
    expect(withEndCheck(bytes)?.[style]).toBe((bytes[style] ?? 0) | 16);
  });

  test('may have a few bytes more than its blocks need', () => {
    expect(tellsDamage(['PTERM check failure: 3 remaining bytes in code block (90 used / 93)'])).toBe(false);
    expect(tellsDamage(['PTERM check failure: 30 remaining bytes in code block (90 used / 120)'])).toBe(true);
  });
});

describe('a damaged object', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startHub({ env: { HUB_ROLES: 'web,dimse,hl7' } });
  });
  afterAll(() => hub.close());

  test('goes to the reader with a word about it', async () => {
    const file = fs.readFileSync(path.join(folder, lossless));
    const { dataSet } = readHeader(file);
    const middle = file.length >> 1; // of the code stream too: the header is small
    const damaged = Buffer.from(file);
    damaged.fill(0, middle, middle + 2000);
    await stow(hub.url, await hub.as('tech1'), [damaged]);
    const [study, series, instance] = [
      tags.studyInstanceUid,
      tags.seriesInstanceUid,
      tags.sopInstanceUid,
    ].map((tag) => dataSet.string(tag) ?? '');
    const { id } = await hub.ctx.db
      .selectFrom('series')
      .select('id')
      .where('seriesInstanceUid', '=', series ?? '')
      .executeTakeFirstOrThrow();
    await deriveSeries(hub.ctx, id);
    const answer = await get(
      hub.url,
      await hub.as('tech1'),
      `/api/imaging/studies/${study}/series/${series}/frames?prefer=fast&f=${instance}/1/0`,
    );
    const header = JSON.parse(answer.body.toString('utf8', 4, 4 + answer.body.readUInt32LE(0)));
    expect(header).toMatchObject({ sopInstanceUid: instance, frame: 1, damaged: true });
  });
});
