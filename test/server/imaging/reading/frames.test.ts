import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listOpinionCenters } from '../../../../server/imaging/reading/opinionCenters.ts';
import type { FrameHeader } from '../../../../server/imaging/reading/sendFrames.ts';
import { readHeader, tags, transferSyntaxes } from '../../../../server/standards/dicom/index.ts';
import { haveTool } from '../../../helpers/dicomPeers.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { get, stow } from '../../../integrations/dicomweb/client.ts';
import { fixture, haveFixtures } from '../../standards/dicom/fixtures.ts';
import { makeFile, newUid } from '../objects.ts';

let hub: TestHub;
let technician: Client;
let registrar: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [technician, registrar] = await Promise.all([hub.as('tech1'), hub.as('registrar1')]);
});
afterAll(() => hub.close());

/** Stores a sample file; its address. */
async function sample(name: string) {
  const bytes = fixture(`${name}.dcm`);
  expect((await stow(hub.url, technician, [bytes])).status).toBe(200);
  const { dataSet } = readHeader(bytes);
  const uid = (tag: number) => dataSet.string(tag)!;
  return {
    study: uid(tags.studyInstanceUid),
    series: uid(tags.seriesInstanceUid),
    uid: uid(tags.sopInstanceUid),
    rows: dataSet.number(tags.rows)!,
    columns: dataSet.number(tags.columns)!,
  };
}
type Sample = Awaited<ReturnType<typeof sample>>;

async function framesOf({ study, series, uid }: Sample, asked = `${uid}/1/0`, more = '') {
  const answer = await get(hub.url, technician, `/api/imaging/studies/${study}/series/${series}/frames?f=${asked}${more}`); // prettier-ignore
  const found: { header: FrameHeader; bytes: Buffer }[] = [];
  for (let at = 0; answer.status === 200 && at < answer.body.length;) {
    const start = at + 4 + answer.body.readUInt32LE(at);
    const header = JSON.parse(answer.body.subarray(at + 4, start).toString()) as FrameHeader;
    found.push({ header, bytes: answer.body.subarray(start, start + header.length) });
    at = start + header.length;
  }
  return found;
}
/** The picture that DCMTK makes of a sample: RGB by pixel. */
function drawn(name: string): Buffer {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-frames-'));
  fs.writeFileSync(path.join(folder, 'a.dcm'), fixture(`${name}.dcm`));
  const run = spawnSync('dcmj2pnm', ['+op', 'a.dcm', 'a.ppm'], { cwd: folder });
  expect(run.status).toBe(0);
  const picture = fs.readFileSync(path.join(folder, 'a.ppm'));
  fs.rmSync(folder, { recursive: true });
  return picture;
}
const plainRgb = {
  samplesPerPixel: 3,
  bitsAllocated: 8,
  bitsStored: 8,
  pixelRepresentation: 0,
  photometric: 'RGB',
  planarConfiguration: 0,
};

describe.skipIf(!haveFixtures)('frames that browsers cannot show go out as ones they can', () => {
  test.skipIf(!haveTool('dcmj2pnm')).each([
    ['general/examples_palette', 0],
    ['syntaxes/US-YBR_FULL_422-EVRLE', 2],
    ['general/SC_rgb_jpeg_dcmtk', undefined],
  ])('%s is RGB as DCMTK draws it', async (name, most) => {
    const file = await sample(name);
    const [frame] = await framesOf(file);
    if (most === undefined) return expect(frame!.header.transferSyntax).toBe(transferSyntaxes.jpegBaseline);
    expect(frame!.header).toMatchObject({
      transferSyntax: transferSyntaxes.explicitLittleEndian,
      format: plainRgb,
      length: file.rows * file.columns * 3,
    });
    const picture = drawn(name);
    const expected = picture.subarray(picture.length - frame!.bytes.length);
    let worst = 0;
    for (let at = 0; at < expected.length; at++)
      worst = Math.max(worst, Math.abs(expected[at]! - frame!.bytes[at]!));
    expect(worst).toBeLessThanOrEqual(most);
  });

  test('a mask of bits is black and white of a byte each', async () => {
    const file = await sample('general/liver_1frame');
    const [frame] = await framesOf(file);
    expect(frame!.header.format).toMatchObject({ bitsAllocated: 8, samplesPerPixel: 1 });
    expect(new Set(frame!.bytes)).toEqual(new Set([0, 255]));
    const set = readHeader(fixture('general/liver_1frame.dcm'));
    const bits = set.source.subarray(set.pixelData!.offset, set.pixelData!.offset + 512 * 64);
    const count = [...bits].reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
    expect(frame!.bytes.filter((value) => value === 255)).toHaveLength(count);
  });

  test('a JPEG 2000 stream that calls signed samples unsigned is sent as the signed samples that they are', async () => {
    const [frame] = await framesOf(await sample('general/J2K_pixelrep_mismatch'));
    expect(frame!.header.transferSyntax).toBe(transferSyntaxes.explicitLittleEndian);
    const values = new Int16Array(Uint8Array.from(frame!.bytes).buffer);
    expect(values).toHaveLength(512 * 512);
    expect(Math.min(...values.subarray(0, 1_000))).toBeLessThan(0);
  });

  test('a stored coding goes out as it is where there is no rendition', async () => {
    const file = await sample('general/693_J2KI');
    const [frame] = await framesOf(file, undefined, '&prefer=small');
    expect(frame!.header).toMatchObject({ transferSyntax: transferSyntaxes.jpeg2000, from: 0 });
    expect(frame!.bytes.readUInt32BE(0)).toBe(0xff4fff51);
  });

  test('a frame that is not there, and one that is, in one answer; a list of another study is none', async () => {
    const file = await sample('general/CT_small');
    const frames = await framesOf(file, `${file.uid}/2/0,${file.uid}/1/0`);
    expect(frames.map(({ header }) => [header.length > 0, header.fault])).toEqual([
      [false, expect.stringContaining('frame 2 was not found')],
      [true, undefined],
    ]);
    expect(await framesOf({ ...file, study: newUid() })).toEqual([]);
  });

  test('overlays come with the picture, frame by frame; an image without has none, a strange one is not there', async () => {
    const file = await sample('general/examples_overlay');
    const overlays = (of: Sample, more = '') =>
      technician.get(`/api/imaging/studies/${of.study}/series/${of.series}/instances/${of.uid}/overlays${more}`);
    const { items } = (await overlays(file)).body;
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ rows: 300, columns: 484 });
    expect(Buffer.from(items[0].bits, 'base64').some((byte) => byte !== 0)).toBe(true);
    expect((await overlays(await sample('general/CT_small'))).body.items).toEqual([]);
    expect((await overlays({ ...file, uid: newUid() })).status).toBe(404);
    expect((await overlays(file, '?frame=0')).status).toBe(400);
  }); // prettier-ignore
});

describe('an object that waits for a person', () => {
  test('is given to who decides, as it came, and that is on record; to nobody else', async () => {
    const uid = newUid();
    const [first, second] = [makeFile({ uid }), makeFile({ uid, fill: 3 })];
    await stow(hub.url, technician, [first]);
    expect((await stow(hub.url, technician, [second])).status).toBe(202);
    const { id } = await hub.ctx.db
      .selectFrom('unmatchedInput')
      .select('id')
      .where('subjectId', '=', uid)
      .executeTakeFirstOrThrow();
    const audits = () =>
      hub.ctx.db.selectFrom('auditEvent').select(['subjectId', 'actorName']).where('action', '=', 'unmatched.download').execute(); // prettier-ignore
    expect((await technician.get(`/api/unmatched/${id}/object`)).status).toBe(403);
    expect(await audits()).toEqual([]);
    const answer = await registrar.get(`/api/unmatched/${id}/object`);
    expect((answer.body as Buffer).equals(second)).toBe(true);
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${id}.bin"`);
    expect(await audits()).toMatchObject([{ subjectId: uid }]);
    expect((await registrar.get('/api/unmatched/01900000-0000-7000-8000-000000000000/object')).status).toBe(404);
  }); // prettier-ignore

  test('an image without an order keeps no object of its own to give', async () => {
    await stow(hub.url, technician, [makeFile({ patientName: '', patientId: '' })]);
    const row = await hub.ctx.db
      .selectFrom('unmatchedInput')
      .select('id')
      .where('objectAddress', 'is', null)
      .executeTakeFirstOrThrow();
    expect((await registrar.get(`/api/unmatched/${row.id}/object`)).status).toBe(404);
  });
});

test('a centre that is closed is not offered for a second opinion', async () => {
  const codes = async () => (await listOpinionCenters(hub.ctx.db)).map(({ code }) => code);
  const before = await codes();
  expect(before).toContain('QHRM');
  const { db } = hub.ctx;
  const { id } = await db.selectFrom('institution').select('id').where('code', '=', 'QHRM').executeTakeFirstOrThrow(); // prettier-ignore
  await db.updateTable('center').set({ active: false }).where('institutionId', '=', id).execute();
  expect(await codes()).toEqual(before.filter((code) => code !== 'QHRM'));
});
