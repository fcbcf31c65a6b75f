import { deflateRawSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  sopClasses,
  tags,
  transferSyntaxes,
  writeDataSet,
  writeFileMeta,
  type ElementList,
} from '../../../server/standards/dicom/index.ts';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';
import { makeDataSet, makeFile, newUid } from '../../server/imaging/objects.ts';
import { get, multipart, readParts, stow } from './client.ts';

let hub: TestHub;
let technician: Client;
let radiologist: Client;
const study = newUid();
const series = newUid();
const uids = { plain: newUid(), frames: newUid(), jpeg: newUid(), deflated: newUid(), document: newUid() };
const frame = (n: number) => Buffer.alloc(64 * 64 * 2, n);
const base = `/dicom-web/studies/${study}`;
const of = (name: keyof typeof uids) => `${base}/series/${series}/instances/${uids[name]}`;

/** A file of the study with its own pixels and coding. */
function fileWith(name: keyof typeof uids, transferSyntax: string, tail: Buffer, more: ElementList, sopClassUid: string = sopClasses.ct): Buffer {
  const head: ElementList = [
    [tags.sopClassUid, sopClassUid], [tags.sopInstanceUid, uids[name]], [tags.studyDate, '20261101'], [tags.studyTime, '080000'], [tags.modality, 'CT'],
    [tags.patientName, 'QIN^SHI=秦^十'], [tags.patientId, 'R-77'], [tags.studyInstanceUid, study], [tags.seriesInstanceUid, series], [tags.instanceNumber, Object.keys(uids).indexOf(name) + 1],
    ...more,
  ];
  const meta = writeFileMeta({ sopClassUid, sopInstanceUid: uids[name], transferSyntax });
  const dataSet = Buffer.concat([writeDataSet(head), tail]);
  return Buffer.concat([meta, transferSyntax === transferSyntaxes.deflatedExplicitLittleEndian ? deflateRawSync(dataSet) : dataSet]);
} // prettier-ignore
const format = (samples: number, bits: number, photometric: string): ElementList => [
  [tags.samplesPerPixel, samples], [tags.photometricInterpretation, photometric], [tags.rows, 64], [tags.columns, 64], [tags.bitsAllocated, bits], [tags.bitsStored, bits], [tags.highBit, bits - 1], [tags.pixelRepresentation, 0],
]; // prettier-ignore
function native(bytes: Buffer): Buffer {
  const head = Buffer.from('e07f10004f57000000000000', 'hex');
  head.writeUInt32LE(bytes.length, 8);
  return Buffer.concat([head, bytes]);
}
function encapsulated(stream: Buffer): Buffer {
  const padded = stream.length % 2 ? Buffer.concat([stream, Buffer.alloc(1)]) : stream;
  const item = Buffer.from('feff00e000000000', 'hex');
  item.writeUInt32LE(padded.length, 4);
  return Buffer.concat([Buffer.from('e07f10004f420000ffffffff', 'hex'), Buffer.from('feff00e000000000', 'hex'), item, padded, Buffer.from('feffdde000000000', 'hex')]);
} // prettier-ignore

beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [technician, radiologist] = (await Promise.all(['tech1', 'radiologist1'].map((name) => hub.as(name)))) as [Client, Client];
  const jpeg = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#804020' } }).jpeg().toBuffer();
  const answer = await stow(hub.url, technician, [
    fileWith('plain', transferSyntaxes.explicitLittleEndian, native(frame(1)), [
      ...format(1, 16, 'MONOCHROME2'), [0x00091010, 'ACME', 'LO'], [0x00091001, Buffer.from('secret of the maker'), 'OB'],
      [tags.requestAttributesSequence, [[], [[0x00420011, Buffer.from([9, 8, 7, 6]), 'OB']]]],
    ]),
    fileWith('frames', transferSyntaxes.explicitLittleEndian, native(Buffer.concat([frame(2), frame(3), frame(4)])), [...format(1, 16, 'MONOCHROME2'), [tags.numberOfFrames, '3']]),
    fileWith('jpeg', transferSyntaxes.jpegBaseline, encapsulated(jpeg), format(3, 8, 'YBR_FULL_422'), sopClasses.secondaryCapture),
    fileWith('deflated', transferSyntaxes.deflatedExplicitLittleEndian, native(frame(5)), format(1, 16, 'MONOCHROME2')),
    fileWith('document', transferSyntaxes.explicitLittleEndian, Buffer.alloc(0), [], sopClasses.comprehensiveSr),
  ]);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
}); // prettier-ignore
afterAll(() => hub.close());

const ask = (path: string, accept?: string, headers?: Record<string, string>) =>
  get(hub.url, radiologist, path, accept, headers);

describe('what is asked for in another form than there is', () => {
  test.each<[number, () => string, string]>([
    [406, () => `${base}/metadata`, 'text/html'],
    [406, () => `${base}/metadata`, 'application/dicom+xml'],
    [200, () => `${base}/metadata`, 'multipart/related; type="application/dicom+xml"'],
    [200, () => `${base}/metadata`, 'text/html, application/json;q=0.1'],
    [406, () => base, 'application/dicom'],
    [406, () => base, 'image/jpeg'],
    [406, () => base, `multipart/related; type="application/dicom"; transfer-syntax=${transferSyntaxes.jpegBaseline}`],
    [200, () => base, 'multipart/related; type="application/dicom"; transfer-syntax=*'],
    [200, () => of('jpeg'), `multipart/related; type="application/dicom"; transfer-syntax=${transferSyntaxes.jpegBaseline}`],
    [200, () => of('plain'), 'application/dicom'],
    [200, () => of('plain'), 'application/*'],
    [406, () => `${of('plain')}/frames/1`, 'image/jls'],
    [406, () => `${of('plain')}/frames/1`, 'multipart/related; type="image/jpeg"'],
    [406, () => `${of('frames')}/frames/1,2`, 'application/octet-stream'],
    [406, () => `${of('jpeg')}/frames/1`, `multipart/related; type="image/jpeg"; transfer-syntax=${transferSyntaxes.jpegLossless}`],
    [400, () => `${of('frames')}/frames/0`, '*/*'],
    [400, () => `${of('frames')}/frames/all`, '*/*'],
    [404, () => `${of('frames')}/frames/4`, '*/*'],
    [404, () => `${of('document')}/rendered`, 'image/jpeg'],
    [406, () => `${of('plain')}/rendered`, 'image/gif'],
    [406, () => `${of('plain')}/rendered`, 'application/pdf'],
    [406, () => `${of('frames')}/frames/1,2/rendered`, 'image/png'],
    [404, () => `${of('frames')}/frames/9/rendered`, 'image/png'],
    [400, () => `${of('plain')}/rendered?window=bone`, 'image/png'],
    [400, () => `${of('plain')}/rendered?window=40`, 'image/png'],
    [400, () => `${of('plain')}/rendered?window=40,0`, 'image/png'],
    [200, () => `${of('plain')}/rendered?window=40,1`, 'image/png'],
    [400, () => `${of('plain')}/rendered?viewport=0,0`, 'image/png'],
    [400, () => `${of('plain')}/rendered?viewport=9000,10`, 'image/png'],
    [400, () => `${of('plain')}/rendered?viewport=10,10,5`, 'image/png'],
    [400, () => `${of('plain')}/rendered?viewport=10,10,0,0,0,5`, 'image/png'],
    [400, () => `${of('plain')}/rendered?viewport=10,10,-1,0,5,5`, 'image/png'],
    [404, () => `${of('jpeg')}/bulkdata/7FE00010`, '*/*'],
    [404, () => `${of('plain')}/bulkdata/00091002`, '*/*'],
    [404, () => `${of('plain')}/bulkdata/00400275/7/00420011`, '*/*'],
    [404, () => `${of('plain')}/bulkdata/NoSuchKeyword`, '*/*'],
    [404, () => `${base}/series/${newUid()}/metadata`, '*/*'],
    [404, () => `${base}/series/${series}/instances/${newUid()}`, 'application/dicom'],
    [404, () => `/dicom-web/studies/${newUid()}/rendered`, 'image/jpeg'],
    [400, () => '/dicom-web/studies/abc/metadata', '*/*'],
    [400, () => `/dicom-web/studies/${'1'.repeat(65)}`, '*/*'],
    [400, () => `${base}/series/1..2/instances`, '*/*'],
  ])('%s, case %# for %s', async (status, path, accept) => {
    const answer = await ask(path(), accept);
    expect(answer.status, accept).toBe(status);
    if (status >= 400) expect(answer.headers.get('content-type')).toContain('application/problem+json');
  }); // prettier-ignore

  test('?accept= stands in place of the header', async () => {
    expect((await ask(`${base}/metadata?accept=text/html`, 'application/json')).status).toBe(406);
    const xml = await ask(`${of('plain')}/metadata?accept=${encodeURIComponent('multipart/related;type="application/dicom+xml"')}`, 'text/html'); // prettier-ignore
    expect(xml.headers.get('content-type')).toContain('application/dicom+xml');
  });
});

describe('what is asked for in a form that there is', () => {
  const parts = async (path: string, accept: string) => {
    const answer = await ask(path, accept);
    expect(answer.status).toBe(200);
    return readParts(answer.body, answer.headers.get('content-type') ?? '');
  };
  test('frames in the order asked for, doubles too', async () => {
    const got = await parts(`${of('frames')}/frames/3,1,3`, 'multipart/related; type="application/octet-stream"');
    expect(got.map((part) => part.equals(frame(4)) ? 3 : part.equals(frame(2)) ? 1 : 0)).toEqual([3, 1, 3]);
  }); // prettier-ignore
  test('a coded frame as it is stored, or decoded for who takes only plain bytes', async () => {
    const stored = await ask(`${of('jpeg')}/frames/1`, 'image/jpeg');
    expect([stored.headers.get('content-type'), stored.body.readUInt16BE(0)]).toEqual([
      `image/jpeg; transfer-syntax=${transferSyntaxes.jpegBaseline}`,
      0xffd8,
    ]);
    const [decoded] = await parts(`${of('jpeg')}/frames/1`, 'multipart/related; type="application/octet-stream"'); // prettier-ignore
    expect(decoded!.length).toBe(64 * 64 * 3);
    expect([...decoded!.subarray(0, 3)].map((value, at) => Math.abs(value - [0x80, 0x40, 0x20][at]!) < 6)).toEqual([true, true, true]); // prettier-ignore
  });
  test('a frame and the pixels of a deflated object are what was deflated', async () => {
    const one = await ask(`${of('deflated')}/frames/1`, 'application/octet-stream');
    expect(one.body.equals(frame(5))).toBe(true);
    expect((await ask(`${of('deflated')}/bulkdata/7FE00010`)).body.equals(frame(5))).toBe(true);
  });
  test('bulk data by tag, keyword, and the path through items', async () => {
    expect((await ask(`${of('plain')}/bulkdata/00091001`)).body.toString()).toBe('secret of the maker\0');
    expect([...(await ask(`${of('plain')}/bulkdata/00400275/1/00420011`)).body]).toEqual([9, 8, 7, 6]);
    expect([...(await ask(`${of('plain')}/bulkdata/RequestAttributesSequence/1/EncapsulatedDocument`)).body]).toEqual([9, 8, 7, 6]); // prettier-ignore
  });
  test('ranges of an object: some, the last ones, none', async () => {
    const range = async (value: string) => {
      const answer = await ask(`${of('plain')}/bulkdata/7FE00010`, '*/*', { range: value });
      return [answer.status, answer.headers.get('content-range'), answer.body.length];
    };
    expect(await range('bytes=10-19')).toEqual([206, 'bytes 10-19/8192', 10]);
    expect(await range('bytes=-5')).toEqual([206, 'bytes 8187-8191/8192', 5]);
    expect(await range('bytes=8192-')).toEqual([416, 'bytes */8192', 0]);
    expect(await range('bytes=0-1,5-6')).toEqual([200, null, 8192]);
  });
  test('every image of a series as pictures, each with its place; the document is left out', async () => {
    const answer = await ask(`${base}/series/${series}/rendered`, 'multipart/related; type="image/png"');
    expect(answer.body.toString('latin1').match(/Content-Location: \S+/g)?.map((line) => line.split('/').slice(-4).join('/'))).toEqual([
      `${uids.plain}/frames/1/rendered`, `${uids.frames}/frames/1/rendered`, `${uids.frames}/frames/2/rendered`, `${uids.frames}/frames/3/rendered`, `${uids.jpeg}/frames/1/rendered`, `${uids.deflated}/frames/1/rendered`,
    ]); // prettier-ignore
    const only = await ask(`${of('document')}/rendered`, 'multipart/related; type="image/png"');
    expect(only.status).toBe(404);
  });
  test('size and quality of a picture are as asked', async () => {
    const size = async (query: string) => {
      const { width, height } = await sharp(
        (await ask(`${of('plain')}/${query}`, 'image/png')).body,
      ).metadata();
      return [width, height];
    };
    expect(await size('rendered?viewport=16,8')).toEqual([16, 16]); // as large as fits, never distorted
    expect(await size('rendered?viewport=512,512')).toEqual([64, 64]);
    expect(await size('thumbnail')).toEqual([64, 64]);
    const bytes = async (quality: string) => (await ask(`${of('jpeg')}/rendered?quality=${quality}`, 'image/jpeg')).body.length; // prettier-ignore
    expect(await bytes('1')).toBeLessThan(await bytes('100'));
    expect(await bytes('none')).toBe(await bytes('90'));
  });
});

describe('QIDO-RS', () => {
  test.each<[number, string]>([
    [400, 'limit=abc'],
    [400, 'limit=-1'],
    [400, 'offset=1.5'],
    [400, 'limit=99999999'],
    [400, 'PatientNme=x'],
    [400, '0010=x'],
    [400, 'PatientID=%00'],
    [400, `${['PatientID', 'PatientName', 'PatientSex', 'PatientBirthDate', 'StudyDate', 'StudyTime', 'AccessionNumber', 'StudyID', 'StudyDescription', 'ReferringPhysicianName', 'ModalitiesInStudy', 'StudyInstanceUID', 'SeriesInstanceUID', 'Modality', 'SeriesNumber', 'SeriesDescription', 'BodyPartExamined', 'SeriesDate', 'SOPInstanceUID', 'SOPClassUID', 'InstanceNumber'].map((name) => `${name}=1`).join('&')}`],
    [200, 'PatientID=R-77&includefield=all&includefield=00100010&orderby=StudyDate'],
    [200, `StudyInstanceUID=${newUid()}&StudyInstanceUID=${study}`],
    [200, 'PatientName=%E7%A7%A6%5E%E5%8D%81&limit=5000'],
    [204, 'PatientName=%E7%A7%A6&fuzzymatching=false'],
    [200, 'PatientName=%E7%A7%A6&fuzzymatching=true'],
    [204, 'PatientID=r-77'],
    [204, 'PatientID=R-7%25'],
  ])('%s for instances by %s', async (status, query) => {
    expect((await ask(`/dicom-web/instances?${query}`)).status).toBe(status);
  }); // prettier-ignore
  test('says that there is more, and pages without gap or double', async () => {
    const found: string[] = [];
    for (let offset = 0; offset < 6; offset += 2) {
      const answer = await ask(`${base}/instances?limit=2&offset=${offset}`);
      expect(answer.headers.get('warning') ?? '').toContain(offset < 4 ? 'go on with offset' : '');
      for (const row of JSON.parse(answer.body.toString())) found.push(row['00080018'].Value[0]);
    }
    expect(found).toEqual(Object.values(uids));
  });
  test('as XML, one part for each match', async () => {
    const answer = await ask(`${base}/instances`, 'multipart/related; type="application/dicom+xml"');
    const got = readParts(answer.body, answer.headers.get('content-type') ?? '');
    expect(got).toHaveLength(5);
    expect(got[0]!.toString()).toContain(uids.plain);
  });
});

describe('STOW-RS', () => {
  const post = async (
    type: string,
    body: Buffer | string,
    path = '/dicom-web/studies',
    client = technician,
  ) =>
    (
      await fetch(hub.url + path, {
        method: 'POST',
        headers: { cookie: client.cookie, origin: hub.url, 'content-type': type },
        body: new Uint8Array(Buffer.from(body)),
      })
    ).status;
  const related = 'multipart/related; type="application/dicom"; boundary=B';
  const part = (type: string, body = 'x') =>
    `--B\r\n${type && `Content-Type: ${type}\r\n`}\r\n${body}\r\n--B--`;

  test.each<[number, string, string]>([
    [415, 'application/dicom+json', '[]'],
    [415, 'text/plain', 'x'],
    [415, 'multipart/related; type="application/dicom"', part('application/dicom')],
    [415, 'multipart/alternative; boundary=B', part('application/dicom')],
    [415, related, part('application/dicom+xml')],
    [415, related, part('image/jpeg')],
    [400, related, ''],
    [400, related, '--B--'],
    [400, related, 'no boundary here'],
    [400, related, '--B\r\nContent-Type: application/dicom\r\n\r\nends early'],
    [400, related, `--B\r\n${'X: y\r\n'.repeat(5000)}`],
    [
      409,
      related,
      part('application/dicom', 'this is no DICOM object at all, however long it is made to be'),
    ],
    [409, related, part('', '')],
    [409, 'application/dicom', 'this is no DICOM object at all, however long it is made to be'],
  ])('%s for %s', async (status, type, body) => {
    expect(await post(type, body)).toBe(status);
  });

  test('one file as it is, parts as octets, parts without type, and a quoted boundary are taken', async () => {
    expect(await post('application/dicom', makeFile())).toBe(200);
    expect(await post('application/dicom; transfer-syntax=1.2.840.10008.1.2.1', makeFile())).toBe(200);
    const wrapped = (head: string, boundary = 'B') => Buffer.concat([Buffer.from(`preamble\r\n--${boundary}\r\n${head}\r\n`), makeFile(), Buffer.from(`\r\n--${boundary}--\r\nepilogue`)]); // prettier-ignore
    expect(await post(related, wrapped('Content-Type: application/octet-stream\r\n'))).toBe(200);
    expect(await post(related, wrapped(''))).toBe(200);
    expect(await post(related, wrapped('content-type: APPLICATION/DICOM\r\nContent-Length: 3\r\n'))).toBe(
      200,
    );
    expect(await post('multipart/related; boundary="a b:c"', wrapped('', 'a b:c'))).toBe(200);
  });

  test('one good object among bad ones is kept, and each is answered for', async () => {
    const { body } = await stow(hub.url, technician, [Buffer.from('not DICOM '.repeat(40)), makeFile()]);
    expect(body['00081198'].Value).toHaveLength(1);
    expect(body['00081198'].Value[0]['00081197'].Value).toEqual([0xc000]);
    expect(body['00081199'].Value).toHaveLength(1);
  });

  test('of an order that one may not see, that is none, or by somebody without a site', async () => {
    const { body, type } = multipart([makeFile()]);
    expect(await post(type, body, '/dicom-web/studies?orderId=7')).toBe(400);
    expect(await post(type, body, `/dicom-web/studies?orderId=01900000-0000-7000-8000-000000000000`)).toBe(
      404,
    );
    expect(await post(type, body, '/dicom-web/studies', await hub.as('regulator1'))).toBe(403);
    expect(await post(type, body, '/dicom-web/studies/not-a-uid')).toBe(400);
  });

  test('an upload that breaks off in the middle leaves nothing that can be found', async () => {
    const broken = newUid();
    const { dataSet, head } = makeDataSet({ study: broken, size: 256 });
    const file = Buffer.concat([writeFileMeta(head), dataSet]);
    expect(await post(related, Buffer.concat([Buffer.from('--B\r\n\r\n'), file.subarray(0, -9)]))).toBe(400);
    expect((await ask(`/dicom-web/studies?StudyInstanceUID=${broken}`)).status).toBe(204);
  });
});
