import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAccept, typeFits } from '../../../integrations/dicomweb/accept.ts';
import { elementJson } from '../../../integrations/dicomweb/elementJson.ts';
import { readFrameList } from '../../../integrations/dicomweb/frames.ts';
import { frameMediaType } from '../../../integrations/dicomweb/mediaTypes.ts';
import { modelOf } from '../../../integrations/dicomweb/modelAnswer.ts';
import { readRange } from '../../../integrations/dicomweb/retrieve.ts';
import { boundaryOf, readMultipart } from '../../../server/core/multipartReader.ts';
import type { ResolvedInstance } from '../../../server/imaging/query/resolveImages.ts';
import { storableTransferSyntaxes, tags } from '../../../server/standards/dicom/index.ts';

describe('Accept (PS3.18 §8.7)', () => {
  const read = (header?: string) =>
    readAccept(header).map(({ multipart, type, transferSyntax, quality }) =>
      [multipart ? 'multipart' : 'single', type, transferSyntax ?? '-', quality].join(' '),
    );
  test.each<[string | undefined, string[]]>([
    [undefined, ['single */* - 1']],
    ['multipart/related; type="application/dicom"', ['multipart application/dicom - 1']],
    ['multipart/related;type=image/jpeg;transfer-syntax=1.2.840.10008.1.2.4.50', ['multipart image/jpeg 1.2.840.10008.1.2.4.50 1']],
    ['Multipart/Related; TYPE="Image/JLS"; Transfer-Syntax=*', ['multipart image/jls * 1']],
    ['multipart/related', ['multipart */* - 1']],
    ['image/png;q=0.2, image/jpeg;q=0.9', ['single image/jpeg - 0.9', 'single image/png - 0.2']],
    ['image/png;q=0, image/jpeg', ['single image/jpeg - 1']],
    ['image/png;q=high', []],
    ['a/b; x="one, two; three", c/d', ['single a/b - 1', 'single c/d - 1']],
    ['nonsense, */*', ['single */* - 1']],
    ['a b/c', []],
    ['', []],
  ])('%s', (header, expected) => {
    expect(read(header)).toEqual(expected);
    expect(read(header)).toEqual(expected); // the second time from what is remembered
  }); // prettier-ignore

  test('never more than fifty ranges, and none of what is remembered is lost on a flood', () => {
    expect(readAccept(Array(200).fill('image/png').join(','))).toHaveLength(50);
    for (let n = 0; n < 300; n++) readAccept(`image/x${n}`);
    expect(read('image/png')).toEqual(['single image/png - 1']);
  });

  test('a range covers its type, its main type or everything', () => {
    expect(['*/*', 'image/*', 'image/jpeg', 'image/jp', 'application/*'].map((range) => typeFits(range, 'image/jpeg'))).toEqual([true, true, true, false, false]); // prettier-ignore
  });

  test.each<[string, string | undefined]>([
    ['application/dicom+json', 'json'],
    ['application/json', 'json'],
    ['*/*', 'json'],
    ['multipart/related; type="application/dicom+xml"', 'xml'],
    ['multipart/related; type="application/dicom+xml", application/json;q=0.5', 'xml'],
    ['application/dicom+xml', undefined],
    ['text/html', undefined],
    ['multipart/related; type="application/dicom"', undefined],
  ])('attributes for %s', (header, model) => {
    expect(modelOf(readAccept(header))).toBe(model);
  });
});

describe('Range (RFC 9110 §14)', () => {
  test.each<[string | undefined, ReturnType<typeof readRange>]>([
    [undefined, undefined],
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=5-', { start: 5, end: 99 }],
    ['bytes=-10', { start: 90, end: 99 }],
    ['bytes=-1000', { start: 0, end: 99 }],
    ['bytes=90-1000', { start: 90, end: 99 }],
    [' bytes=1-2 ', { start: 1, end: 2 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=7-3', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=0-1,5-6', undefined],
    ['bytes=-', undefined],
    ['items=0-1', undefined],
    ['bytes=a-b', undefined],
  ])('%s of 100 bytes', (header, expected) => {
    expect(readRange(header, 100)).toEqual(expected);
  });
});

describe('frame lists', () => {
  const instance = { numberOfFrames: 12 } as ResolvedInstance;
  test.each<[string, number[]]>([
    ['1', [1]],
    ['1,12,3', [1, 12, 3]],
    ['2%2C4', [2, 4]],
    ['5,5', [5, 5]],
  ])('%s', (text, expected) => expect(readFrameList(text, instance)).toEqual(expected));
  test.each<[string, number]>([
    ['', 400],
    ['0', 400],
    ['-1', 400],
    ['1.5', 400],
    ['one', 400],
    ['1,,2', 400],
    ['1-3', 400],
    [Array(2001).fill('1').join(','), 400],
    ['13', 404],
    ['1,13', 404],
  ])('%s is none', (text, status) => {
    expect(() => readFrameList(text, instance)).toThrow(expect.objectContaining({ status }));
  });
});

test('each coding that is stored has the media type of PS3.18 Tables 8.7.3-2 to -5', () => {
  const of = (suffix: string) => frameMediaType(`1.2.840.10008.1.2${suffix}`);
  expect(of('')).toBe('application/octet-stream');
  expect([of('.1'), of('.2'), of('.1.98'), of('.1.99')]).toEqual(Array(4).fill('application/octet-stream'));
  expect(of('.5')).toBe('image/dicom-rle');
  expect(['50', '51', '57', '70', '53', '66'].map((n) => of(`.4.${n}`))).toEqual(Array(6).fill('image/jpeg'));
  expect([of('.4.80'), of('.4.81')]).toEqual(['image/jls', 'image/jls']);
  expect([of('.4.90'), of('.4.91')]).toEqual(['image/jp2', 'image/jp2']);
  expect([of('.4.92'), of('.4.93')]).toEqual(['image/jpx', 'image/jpx']);
  expect([of('.4.100'), of('.4.101')]).toEqual(['video/mpeg', 'video/mpeg']);
  expect(['102', '103', '104', '105', '106'].map((n) => of(`.4.${n}`))).toEqual(Array(5).fill('video/mp4'));
  expect([of('.4.107'), of('.4.108')]).toEqual(['video/H265', 'video/H265']);
  expect(['201', '202', '203'].map((n) => of(`.4.${n}`))).toEqual(Array(3).fill('image/jphc'));
  expect(['110', '111', '112'].map((n) => of(`.4.${n}`))).toEqual(Array(3).fill('image/jxl'));
  for (const syntax of storableTransferSyntaxes) expect(frameMediaType(syntax)).toMatch(/^\w+\/[\w-]+$/);
});

describe('multipart bodies (RFC 2046 §5.1)', () => {
  interface Part {
    headers: Record<string, string>;
    body: string;
  }
  async function read(body: string | Buffer, boundary = 'B', cut = 7): Promise<Part[]> {
    const bytes = Buffer.from(body);
    const parts: Part[] = [];
    const chunks = (async function* () {
      for (let at = 0; at < bytes.length; at += cut) yield bytes.subarray(at, at + cut);
    })();
    await readMultipart(chunks, boundary, {
      begin: (headers) => void parts.push({ headers: Object.fromEntries(headers), body: '' }),
      body: (slice) => void (parts.at(-1)!.body += slice.toString('latin1')),
      end: () => void (parts.at(-1)!.body += '|'),
    });
    return parts;
  }
  const dicom = { 'content-type': 'application/dicom' };

  test.each<[string, string, Part[]]>([
    ['one part', '--B\r\nContent-Type: application/dicom\r\n\r\nabc\r\n--B--\r\n', [{ headers: dicom, body: 'abc|' }]],
    ['a preamble and an epilogue are no parts', 'read me\r\n--B\r\nContent-Type: application/dicom\r\n\r\nabc\r\n--B--\r\n--B\r\n\r\nlate\r\n--B--', [{ headers: dicom, body: 'abc|' }]],
    ['spaces behind the boundary', '--B  \r\n\r\nabc\r\n--B--', [{ headers: {}, body: 'abc|' }]],
    ['an empty part', '--B\r\nA: 1\r\n\r\n\r\n--B--', [{ headers: { a: '1' }, body: '|' }]],
    ['header names without case, values trimmed, a line without colon passed over', '--B\r\nX-One:  1 \r\nnonsense\r\nX-TWO:2\r\n\r\n.\r\n--B--', [{ headers: { 'x-one': '1', 'x-two': '2' }, body: '.|' }]],
    ['a boundary in the middle of a line is content', '--B\r\n\r\na--B--b\r\n--B--', [{ headers: {}, body: 'a--B--b|' }]],
    ['line ends in the content', '--B\r\n\r\n\r\n\r\n-\r\n--\r\n\r\n--B--', [{ headers: {}, body: '\r\n\r\n-\r\n--\r\n|' }]],
    ['a wrong Content-Length is not believed', '--B\r\nContent-Length: 1\r\n\r\nabcdef\r\n--B\r\nContent-Length: 99\r\n\r\ng\r\n--B--', [{ headers: { 'content-length': '1' }, body: 'abcdef|' }, { headers: { 'content-length': '99' }, body: 'g|' }]],
    ['a body inside a body belongs to its part', '--B\r\nContent-Type: multipart/related; boundary=C\r\n\r\n--C\r\n\r\nx\r\n--C--\r\n--B--', [{ headers: { 'content-type': 'multipart/related; boundary=C' }, body: '--C\r\n\r\nx\r\n--C--|' }]],
  ])('%s', async (_what, body, expected) => {
    for (const cut of [1, 2, 3, 7, 1000]) expect(await read(body, 'B', cut)).toEqual(expected);
  }); // prettier-ignore

  test.each<[string, string]>([
    ['nothing', ''],
    ['no boundary at all', 'abc'],
    ['no closing boundary', '--B\r\n\r\nabc\r\n--B\r\n'],
    ['cut inside the headers', '--B\r\nContent-Ty'],
    ['cut inside the content', '--B\r\n\r\nabc'],
    ['headers without end', `--B\r\n${'X: y\r\n'.repeat(4000)}`],
    ['something long behind the boundary', `--B${'x'.repeat(400)}\r\n\r\n`],
    ['bare line feeds', '--B\n\nabc\n--B--\n'],
  ])('%s is 400', async (_what, body) => {
    await expect(read(body, 'B', 1000)).rejects.toMatchObject({ status: 400 });
  });

  test('whatever is sent comes back, wherever the stream is cut', async () => {
    const content = fc.array(fc.constantFrom('\r', '\n', '-', '--B', '\r\n--', 'x', '\0', 'é'), { maxLength: 12 }).map((list) => list.join('')); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          content.filter((text) => !text.includes('\r\n--B')),
          { minLength: 1, maxLength: 4 },
        ),
        fc.integer({ min: 1, max: 40 }),
        async (bodies, cut) => {
          // a body that begins with the delimiter's own line would be one
          fc.pre(bodies.every((body) => !`\r\n${body}`.includes('\r\n--B')));
          const written = bodies.map((body) => `\r\n--B\r\nA: b\r\n\r\n${body}`).join('') + '\r\n--B--';
          const parts = await read(Buffer.from(written, 'latin1'), 'B', cut);
          expect(parts.map(({ body }) => body)).toEqual(bodies.map((body) => `${body}|`));
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each<[string, string | undefined]>([
    ['multipart/related; type="application/dicom"; boundary=abc', 'abc'],
    ['multipart/related; boundary="a b;c"; type="application/dicom"', 'a b;c'],
    ['Multipart/Related; Boundary=x', 'x'],
    ['multipart/form-data; boundary=----f', '----f'],
    ['multipart/related', undefined],
    ['multipart/related; boundary=""', undefined],
    [`multipart/related; boundary=${'x'.repeat(201)}; q=1`, undefined],
    ['application/dicom; boundary=abc', undefined],
    ['multipart/alternative; boundary=abc', undefined],
  ])('%s', (type, expected) => expect(boundaryOf(type)).toBe(expected));
});

test('elements of the index as JSON: empty ones keep their tag, numbers are numbers where they are', () => {
  expect(
    elementJson([
      [tags.modalitiesInStudy, ['CT', '', 'MR']],
      [tags.imageType, []],
      [tags.seriesNumber, 0],
      [tags.instanceNumber, 'x7'],
      [tags.numberOfFrames, '12'],
      [tags.patientName, '==ka^na'],
      [tags.studyDescription, ''],
      [0x00091001, 'private'],
    ]),
  ).toEqual({
    '00080061': { vr: 'CS', Value: ['CT', 'MR'] },
    '00080008': { vr: 'CS' },
    '00200011': { vr: 'IS', Value: [0] },
    '00200013': { vr: 'IS', Value: ['x7'] },
    '00280008': { vr: 'IS', Value: [12] },
    '00100010': { vr: 'PN', Value: [{ Phonetic: 'ka^na' }] },
    '00081030': { vr: 'LO' },
    '00091001': { vr: 'UN', Value: ['private'] },
  });
});
