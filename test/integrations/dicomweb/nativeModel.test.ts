import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nativeModel } from '../../../integrations/dicomweb/nativeModel.ts';
import { dicomJson, readHeader } from '../../../server/standards/dicom/index.ts';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';
import { makeFile, newUid } from '../../server/imaging/objects.ts';
import { fixture, fixtureFolder, fixtureNames, haveFixtures } from '../../server/standards/dicom/fixtures.ts';
import { get, readParts, stow } from './client.ts';

const dcm2xml = spawnSync('dcm2xml', ['--version'], { stdio: 'ignore' }).status === 0;
const always = new Set(['DicomAttribute', 'Value', 'Item', 'PersonName']);
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => always.has(name),
});

/** Odd groups below 8, elements that the peer takes for unknown ones, and one behind the pixels, where our header ends. */
const readOtherwise = [
  'general/nested_priv_SQ.dcm',
  'general/meta_missing_tsyntax.dcm',
  'general/rtdose_rle.dcm',
  'general/rtdose_rle_1frame.dcm',
  'multiframe/GH133.dcm',
];

interface Attribute {
  tag: string;
  vr: string;
  privateCreator?: string;
  Value?: { number: string; '#text'?: string }[];
  Item?: { number: string; DicomAttribute?: Attribute[] }[];
  PersonName?: Record<string, Record<string, string> | string>[];
}

/** What both sides say; binary values, pixels, empty values, the character set and retired keywords differ by right. */
function comparable(attributes: Attribute[] | undefined): unknown[] {
  const left = (attributes ?? []).filter(
    ({ tag, vr }) => !/^(OB|OW|OF|OD|OL|OV|UN)$/.test(vr) && tag !== '00080005' && !tag.endsWith('0000'),
  );
  return left.map(({ tag, vr, privateCreator, Value, Item, PersonName }) => [
    tag,
    vr,
    privateCreator?.trim(),
    (Value ?? [])
      .filter((one) => one['#text'] !== undefined)
      .map((one) => [one.number, plain(one['#text'] ?? '', vr)]),
    (Item ?? []).map((item) => [item.number, comparable(item.DicomAttribute)]),
    (PersonName ?? []).map((name) => trimmed({ ...name, Phonetic: undefined })), // the peer repeats the second group there
  ]);
}

const plain = (text: string, vr: string): unknown =>
  /^(DS|IS|FL|FD|US|SS|UL|SL|SV|UV)$/.test(vr) ? Number(Number(text).toPrecision(6)) : text.trim();

const trimmed = (value: unknown): unknown =>
  typeof value === 'string'
    ? value.trim()
    : Object.fromEntries(
        Object.entries(value as Record<string, unknown>)
          .filter(([name, inner]) => name !== '#text' && inner !== undefined)
          .map(([name, inner]) => [name, trimmed(inner)]),
      );

const documentOf = (text: string): Attribute[] | undefined =>
  (parser.parse(text) as { NativeDicomModel: { DicomAttribute?: Attribute[] } }).NativeDicomModel
    .DicomAttribute;

const compared = fixtureNames().filter(
  (name) => !name.startsWith('syntaxes/') && !readOtherwise.includes(name),
);

describe.skipIf(!dcm2xml || !haveFixtures)('the native model beside dcm2xml of dcmtk', () => {
  test.each(compared)('%s', (name) => {
    const peer = spawnSync('dcm2xml', ['-q', '-nat', '+Xn', '+U8', '+f', path.join(fixtureFolder, name)], {
      maxBuffer: 64 << 20,
    });
    if (peer.status !== 0) return; // the peer does not read it
    const { dataSet } = readHeader(fixture(name));
    expect(comparable(documentOf(nativeModel(dicomJson(dataSet))))).toEqual(
      comparable(documentOf(peer.stdout.toString())),
    );
  });
});

describe('over HTTP', () => {
  let hub: TestHub;
  let technician: Client;
  const study = newUid();
  const series = newUid();
  beforeAll(async () => {
    hub = await startHub({ env: { HUB_ROLES: 'web,dimse,hl7' } });
    technician = await hub.as('tech1');
    await stow(
      hub.url,
      technician,
      [1, 2, 3].map((n) =>
        makeFile({ study, series, instanceNumber: n, size: 64, fill: n, patientName: 'OUYANG^NA=欧阳^娜' }),
      ),
    );
  });
  afterAll(() => hub.close());
  const ask = (path: string, accept: string) => get(hub.url, technician, `/dicom-web${path}`, accept);
  const xml = 'multipart/related; type="application/dicom+xml"';

  test.each([
    ['metadata', `/studies/${study}/series/${series}/metadata`, 3],
    ['a search', `/studies?StudyInstanceUID=${study}`, 1],
  ])('%s is one document for each data set', async (_what, path, count) => {
    const answer = await ask(path, xml);
    expect(answer.headers.get('content-type')).toContain('type="application/dicom+xml"');
    const parts = readParts(answer.body, answer.headers.get('content-type') ?? '');
    expect(parts).toHaveLength(count);
    const name = documentOf(parts[0]!.toString())?.find(({ tag }) => tag === '00100010');
    expect(name?.PersonName?.[0]).toMatchObject({
      Ideographic: { FamilyName: '欧阳', GivenName: '娜' },
    });
  });
  test('JSON stays what is sent to who does not ask', async () => {
    expect((await ask(`/studies?StudyInstanceUID=${study}`, '*/*')).headers.get('content-type')).toBe(
      'application/dicom+json',
    );
    expect((await ask(`/studies/${study}/metadata`, 'text/html')).status).toBe(406);
  });
  test('every image of a series as a picture, in one answer', async () => {
    const answer = await ask(
      `/studies/${study}/series/${series}/rendered`,
      'multipart/related; type="image/png"',
    );
    const parts = readParts(answer.body, answer.headers.get('content-type') ?? '');
    expect(parts.map((part) => part.readUInt32BE(0))).toEqual([0x89504e47, 0x89504e47, 0x89504e47]);
    expect(answer.body.toString('latin1')).toContain(`/studies/${study}/series/${series}/instances/`);
    const one = await ask(`/studies/${study}/series/${series}/rendered`, 'image/png');
    expect(one.headers.get('content-type')).toBe('image/png');
  });
});
