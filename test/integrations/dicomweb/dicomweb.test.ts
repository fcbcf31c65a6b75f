import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeFrame } from '../../../server/imaging/pixels/decodeFrame.ts';
import { deriveSeries } from '../../../server/imaging/derive/deriveSeries.ts';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';
import { makeDataSet, makeFile, newUid, store, township } from '../../server/imaging/objects.ts';
import type { FrameHeader } from '../../../server/imaging/reading/sendFrames.ts';
import { get, readParts, stow } from './client.ts';

let hub: TestHub;
let technician: Client;
let radiologist: Client;
let stranger: Client;
const study = newUid();
const series = newUid();
const files: Buffer[] = [];

beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web,dimse,hl7' } });
  [technician, radiologist, stranger] = (await Promise.all(
    ['tech1', 'radiologist1', 'courier1'].map((name) => hub.as(name)),
  )) as [Client, Client, Client];
  for (let n = 1; n <= 5; n++)
    files.push(
      makeFile({
        study,
        series,
        instanceNumber: n,
        size: 64,
        fill: n,
        patientName: 'OUYANG^NA=欧阳^娜',
        sex: 'F',
        patientId: 'QH-778',
        accessionNumber: '',
      }),
    );
});
afterAll(() => hub.close());

describe('STOW-RS', () => {
  test('stores what a technician uploads, twice is once', async () => {
    const answer = await stow(hub.url, technician, files);
    expect(answer.status).toBe(200);
    expect(answer.body['00081199'].Value).toHaveLength(5);
    expect((await stow(hub.url, technician, files)).status).toBe(200);
  });
  test('is 202 for a conflict and 409 for what is no DICOM', async () => {
    const uid = newUid();
    await stow(hub.url, technician, [makeFile({ uid })]);
    const conflict = await stow(hub.url, technician, [makeFile({ uid, fill: 3 })]);
    expect(conflict.status).toBe(202);
    expect(conflict.body['00081199'].Value[0]['00081196'].Value).toEqual([0xb000]);
    expect((await stow(hub.url, technician, [Buffer.from('nothing of that kind '.repeat(50))])).status).toBe(
      409,
    );
  });
  test('is refused to who may not upload', async () => {
    expect((await stow(hub.url, stranger, [files[0]!])).status).toBe(403);
  });
  test('refuses an object of another study than the path', async () => {
    expect((await stow(hub.url, technician, [files[0]!], `/dicom-web/studies/${newUid()}`)).status).toBe(409);
  });
});

describe('QIDO-RS', () => {
  const find = async (query: string, client = radiologist) => {
    const answer = await get(hub.url, client, `/dicom-web/studies?${query}`);
    return answer.status === 204 ? [] : JSON.parse(answer.body.toString());
  };
  test.each([
    'PatientID=QH-778',
    'PatientName=ouyang*',
    `PatientName=${encodeURIComponent('欧阳^娜')}`,
    `PatientName=${encodeURIComponent('欧阳*')}`,
    'PatientName=ouyangna',
    'PatientName=yang&fuzzymatching=true',
    `StudyInstanceUID=${study}`,
    '00100020=QH-778&ModalitiesInStudy=CT',
    'PatientID=QH*&StudyDate=20200101-',
    'PatientID=QH-77?&includefield=all&limit=1',
  ])('finds by %s', async (query) => {
    const [found] = await find(query);
    expect(found['0020000D'].Value).toEqual([study]);
    expect(found['00100010'].Value).toEqual([{ Alphabetic: 'OUYANG^NA', Ideographic: '欧阳^娜' }]);
    expect(found['00201208'].Value).toEqual([5]);
  });
  test.each([
    'PatientID=QH-779',
    'PatientName=wang*',
    'PatientID=QH-778&ModalitiesInStudy=MR',
    'PatientID=QH-778&StudyDate=-20200101',
    'PatientID=QH-778&offset=1',
  ])('finds nothing by %s', async (query) => {
    expect(await find(query)).toEqual([]);
  });
  test('an unknown attribute is 400', async () => {
    expect((await get(hub.url, radiologist, '/dicom-web/studies?Nonsense=1')).status).toBe(400);
  });
  test('what is not matched by is said, and nothing found in a study that is there is 204', async () => {
    const ignored = await get(
      hub.url,
      radiologist,
      '/dicom-web/studies?PatientID=QH-778&InstitutionName=x&00400275.00400007=y',
    );
    expect(ignored.headers.get('warning')).toContain('InstitutionName, 00400275.00400007');
    const [found] = JSON.parse(ignored.body.toString());
    expect(found['00081190'].Value).toEqual([`${hub.url}/dicom-web/studies/${study}`]);
    const status = async (path: string, accept?: string) =>
      (await get(hub.url, radiologist, `/dicom-web/${path}`, accept)).status;
    expect(await status(`studies/${study}/series?Modality=MR`)).toBe(204);
    expect(await status(`studies/${study}/series/${series}/instances?InstanceNumber=77`)).toBe(204);
    expect(await status(`studies/${study}/series/1.2.3/instances`)).toBe(404);
    expect(await status('studies/1.2.3/series')).toBe(404);
    expect(await status('studies?limit=0')).toBe(204);
    expect(await status('studies', 'application/dicom+xml')).toBe(406);
  });
  test('lists instances in order of their numbers', async () => {
    const answer = await get(hub.url, radiologist, `/dicom-web/studies/${study}/series/${series}/instances`);
    expect(
      JSON.parse(answer.body.toString()).map(
        (row: Record<string, { Value: number[] }>) => row['00200013']!.Value[0],
      ),
    ).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('WADO-RS', () => {
  const path = `/dicom-web/studies/${study}/series/${series}`;
  test('gives every object back byte for byte', async () => {
    const answer = await get(hub.url, radiologist, path, 'multipart/related; type="application/dicom"');
    expect(answer.status).toBe(200);
    const parts = readParts(answer.body, answer.headers.get('content-type') ?? '');
    expect(parts).toHaveLength(5);
    parts.forEach((part, n) => expect(part.equals(files[n]!)).toBe(true));
  });
  test('metadata is the same before and after it was built', async () => {
    const before = await get(hub.url, radiologist, `${path}/metadata`, 'application/dicom+json');
    const row = await hub.ctx.db
      .selectFrom('series')
      .select('id')
      .where('seriesInstanceUid', '=', series)
      .executeTakeFirstOrThrow();
    await deriveSeries(hub.ctx, row.id);
    const after = await get(hub.url, radiologist, `${path}/metadata`, 'application/dicom+json');
    expect(JSON.parse(after.body.toString())).toEqual(JSON.parse(before.body.toString()));
    expect(JSON.parse(after.body.toString())).toHaveLength(5);
    const again = await get(hub.url, radiologist, `${path}/metadata`, 'application/dicom+json', {
      'if-none-match': after.headers.get('etag') ?? '',
    });
    expect(again.status).toBe(304);
  });
  test('many frames in one answer: as derived, the rest behind a preview, as stored, and what is not there', async () => {
    const preview = await get(hub.url, radiologist, `/api/imaging/series/${series}/preview`);
    const length = preview.body.readUInt32LE();
    const index = JSON.parse(preview.body.subarray(4, 4 + length).toString()) as {
      instances: { sopInstanceUid: string; frames: [number, number][] }[];
    };
    expect(index.instances).toHaveLength(5);
    const [first, second] = index.instances;
    const known = second!.frames[0]![1];
    const asked = [`${first!.sopInstanceUid}/1/0`, `${second!.sopInstanceUid}/1/${known}`, '1.2.3/1/0'];
    const answer = await get(
      hub.url,
      radiologist,
      `/api/imaging/studies/${study}/series/${series}/frames?f=${asked.join(',')}`,
    );
    expect(answer.status).toBe(200);
    const frames = readFrameAnswer(answer.body);
    expect(frames.map(({ header }) => [header.sopInstanceUid, header.from, header.fault])).toEqual([
      [first!.sopInstanceUid, 0, undefined],
      [second!.sopInstanceUid, known, undefined],
      ['1.2.3', 0, 'not found'],
    ]);
    const start = 4 + length + second!.frames[0]![0];
    const decoded = await decodeFrame({
      rows: 64,
      columns: 64,
      samplesPerPixel: 1,
      bitsAllocated: 16,
      bitsStored: 16,
      pixelRepresentation: 0,
      photometric: 'MONOCHROME2',
      planarConfiguration: 0,
      transferSyntax: frames[1]!.header.transferSyntax,
      bytes: Buffer.concat([preview.body.subarray(start, start + known), frames[1]!.bytes]),
    });
    expect(Buffer.from(decoded.bytes).equals(Buffer.alloc(64 * 64 * 2, 2))).toBe(true);
  });
  test.each(['', 'x', '1.2/0/0', '1.2/1', Array.from({ length: 65 }, () => '1.2/1/0').join()])(
    'frames %j are no list',
    async (list) => {
      const path = `/api/imaging/studies/${study}/series/${series}/frames?f=${list}`;
      expect((await get(hub.url, radiologist, path)).status).toBe(400);
    },
  );
  test('frames of a study that one may not see are not there', async () => {
    const path = `/api/imaging/studies/${study}/series/${series}/frames?f=1.2/1/0`;
    expect([403, 404]).toContain((await get(hub.url, stranger, path)).status);
  });
  test('frames as stored, decoded from HTJ2K, and not modified', async () => {
    const rows = await get(hub.url, radiologist, `${path}/instances`);
    const uid = JSON.parse(rows.body.toString())[2]['00080018'].Value[0];
    const answer = await get(
      hub.url,
      radiologist,
      `${path}/instances/${uid}/frames/1`,
      'multipart/related; type=application/octet-stream; transfer-syntax=*',
    );
    expect(
      readParts(answer.body, answer.headers.get('content-type') ?? '')[0]!.equals(
        Buffer.alloc(64 * 64 * 2, 3),
      ),
    ).toBe(true);
    const again = await get(
      hub.url,
      radiologist,
      `${path}/instances/${uid}/frames/1`,
      'multipart/related; type=application/octet-stream; transfer-syntax=*',
      { 'if-none-match': answer.headers.get('etag') ?? '' },
    );
    expect(again.status).toBe(304);
    const htj2k = await get(
      hub.url,
      radiologist,
      `${path}/instances/${uid}/frames/1`,
      'multipart/related; type="image/jphc"',
    );
    expect(htj2k.status).toBe(200);
    expect(readParts(htj2k.body, htj2k.headers.get('content-type') ?? '')[0]!.readUInt16BE(0)).toBe(0xff4f);
    expect((await get(hub.url, radiologist, `${path}/instances/${uid}/frames/9`)).status).toBe(404);
    expect((await get(hub.url, radiologist, `${path}/instances/${uid}/frames/1`, 'image/jls')).status).toBe(
      406,
    );
    const picture = await get(hub.url, radiologist, `${path}/instances/${uid}/rendered`, 'image/jpeg');
    expect(picture.headers.get('content-type')).toBe('image/jpeg');
    expect(picture.body.readUInt16BE(0)).toBe(0xffd8);
    const part = await get(
      hub.url,
      radiologist,
      `${path}/instances/${uid}/rendered?viewport=8192,8192,60,0,99,16`,
      'image/png',
    );
    expect([part.body.readUInt32BE(16), part.body.readUInt32BE(20)]).toEqual([4, 16]); // IHDR: cut at the edge
    const bulk = await get(hub.url, radiologist, `${path}/instances/${uid}/bulkdata/7FE00010`, '*/*', {
      range: 'bytes=8188-',
    });
    expect([bulk.status, bulk.headers.get('content-range'), [...bulk.body]]).toEqual([
      206,
      'bytes 8188-8191/8192',
      [3, 3, 3, 3],
    ]);
    const single = await get(hub.url, radiologist, `${path}/instances/${uid}`, 'application/dicom', {
      range: 'bytes=128-131',
    });
    expect(single.status).toBe(206);
    expect(single.body.toString()).toBe('DICM');
  });
  test('a guessed study of another tenant is 404 and audited', async () => {
    const other = newUid();
    const { dataSet, head } = makeDataSet({ study: other });
    const arrival = await township(hub.ctx);
    const hospital = await hub.ctx.db
      .selectFrom('institution')
      .select('id')
      .where('kind', '=', 'township')
      .where('code', '!=', 'LIUHE')
      .limit(1)
      .executeTakeFirstOrThrow();
    await store(
      hub.ctx,
      { ...arrival, sender: { ...arrival.sender, institutionId: hospital.id, deviceId: null } },
      dataSet,
      head,
    );
    expect((await get(hub.url, technician, `/dicom-web/studies/${other}/metadata`)).status).toBe(404);
    expect((await get(hub.url, technician, `/dicom-web/studies/${other}/series`)).status).toBe(404);
    const rows = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('outcome')
      .where('subjectId', '=', other)
      .where('outcome', '=', 'denied')
      .execute();
    expect(rows.length).toBe(2);
  });
  test('nobody signed in is 401', async () => {
    expect((await fetch(`${hub.url}/dicom-web/studies`)).status).toBe(401);
  });
});

/** The parts of an answer of `…/frames`: header and bytes of each. */
function readFrameAnswer(body: Buffer): { header: FrameHeader; bytes: Buffer }[] {
  const parts: { header: FrameHeader; bytes: Buffer }[] = [];
  for (let at = 0; at < body.length;) {
    const start = at + 4 + body.readUInt32LE(at);
    const header = JSON.parse(body.subarray(at + 4, start).toString()) as FrameHeader;
    parts.push({ header, bytes: body.subarray(start, start + header.length) });
    at = start + header.length;
  }
  return parts;
}
