import { describe, expect, test } from 'vitest';
import { PdfError } from '../../../../../server/core/signature/pdf/objects.ts';
import { readPdf } from '../../../../../server/core/signature/pdf/readPdf.ts';
import { readSignature } from '../../../../../server/core/signature/pdf/readSignature.ts';
import { onePage, tinyPdf, type TinyObject } from './tinyPdf.ts';

interface Parts {
  range?: string;
  contents?: string;
  filter?: string;
  time?: string;
  more?: string;
  catalog?: string;
  fields?: string;
  objects?: TinyObject[];
}

/** A file with a signature field as it is written by hand; what is not given is right. */
function signedBy(parts: Parts = {}): Buffer {
  const {
    range,
    contents = '<00ff>',
    filter = '/ETSI.CAdES.detached',
    time = '(D:20261122023200Z)',
    more = '',
    catalog = '',
    fields = '[4 0 R]',
    objects = [],
  } = parts;
  const build = (at: string) =>
    tinyPdf(
      onePage(
        [1, `<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields ${fields} >> ${catalog} >>`],
        [4, '<< /FT /Sig /V 5 0 R >>'],
        [5, `<< /SubFilter ${filter} /M ${time} /ByteRange ${at} /Contents ${contents} ${more} >>`],
        ...objects,
      ),
    );
  if (range !== undefined) return build(range);
  const room = '[0 0000000000 0000000000 0000000000]';
  const draft = build(room);
  const start = draft.indexOf(`/Contents ${contents}`) + '/Contents '.length;
  const end = start + contents.length;
  const digits = [start, end, draft.length - end].map((number) => String(number).padStart(10, '0'));
  return build(`[0 ${digits.join(' ')}]`);
}
const read = (parts?: Parts) => readSignature(readPdf(signedBy(parts)));

test('a signature tells its time, its reason and that it covers the whole file', () => {
  expect(read({ more: '/Reason (final)' })).toMatchObject({
    signedAt: new Date('2026-11-22T02:32:00Z'),
    reason: 'final',
    contents: Buffer.from([0, 0xff]),
    revocationLists: [],
    faults: [],
  });
  expect(read()?.reason).toBeUndefined();
});

describe('a file carries no signature', () => {
  test.each([
    ['without a form', tinyPdf()],
    ['with an empty form', signedBy({ fields: '[]' })],
    ['with fields of other kinds', signedBy({ fields: '[6 0 R]', objects: [[6, '<< /FT /Tx /V 5 0 R >>']] })],
    ['with a field that nobody signed', signedBy({ fields: '[6 0 R]', objects: [[6, '<< /FT /Sig >>']] })],
    ['with fields that are no dictionaries', signedBy({ fields: '[7 (field) null]' })],
  ])('%s', (_what, bytes) => {
    expect(readSignature(readPdf(bytes))).toBeUndefined();
  });
});

describe('a signature that does not cover everything says so', () => {
  const second: Parts = { fields: '[4 0 R 6 0 R]', objects: [[6, '<< /FT /Sig /V 5 0 R >>']] };
  test.each([
    ['a range of two numbers', { range: '[0 10]' }, 'not readable'],
    ['a range of six', { range: '[0 1 2 3 4 5]' }, 'not readable'],
    ['no range', { range: 'null' }, 'not readable'],
    ['a range that begins later', { range: '[1 2 3 4]' }, 'not readable'],
    ['a hole elsewhere', { range: '[0 10 20 30]' }, 'outside its byte range'],
    ['another kind', { filter: '/adbe.pkcs7.detached' }, 'not of the kind'],
    ['a kind that is a string', { filter: '(ETSI.CAdES.detached)' }, 'not of the kind'],
    ['digits in capitals', { contents: '<00FF>' }, 'rewritten'],
    ['a blank among the digits', { contents: '<00 ff>' }, 'rewritten'],
    ['a text instead of digits', { contents: '(abcd)' }, 'rewritten'],
    ['an odd digit', { contents: '<00f>' }, 'rewritten'],
    ['a second signature', second, 'more than one signature'],
  ] as [string, Parts, string][])('%s', (_what, parts, words) => {
    expect(read(parts)?.faults.join('; ')).toContain(words);
  });

  test('bytes behind the range', () => {
    const file = signedBy();
    const longer = Buffer.concat([file, Buffer.from('\n')]);
    expect(readSignature(readPdf(longer))?.faults).toEqual(['the file was added to after signing']);
  });
});

describe('a signature is not readable', () => {
  const list = (object: string): Parts => ({
    catalog: '/DSS << /CRLs [6 0 R] >>',
    objects: [[6, object]],
  });
  test.each([
    ['without contents', { contents: 'null', range: '[0 1 2 3]' }],
    ['with a time in words', { time: '(yesterday)' }],
    ['with a time of another zone', { time: "(D:20261122103200+08'00')" }],
    ['without a time', { time: 'null' }],
    ['at a day that is none', { time: '(D:20261341023200Z)' }],
    ['at an hour that is none', { time: '(D:20261122256199Z)' }],
    ['with a list that is no stream', list('<< /Length 3 >>')],
    ['with a list that is not there', list('null')],
    ['with a list that is longer than the file', list('<< /Length 9999 >>\nstream\nabc\nendstream')],
  ] as [string, Parts][])('%s', (_what, parts) => {
    expect(() => read(parts)).toThrow(PdfError);
  });
  test('the lists in its store are given in their order', () => {
    const parts = {
      catalog: '/DSS << /CRLs [7 0 R 6 0 R] >>',
      objects: [
        [6, '<< /Length 3 >>\nstream\nabc\nendstream'],
        [7, '<< /Length 2 >>\nstream\nde\nendstream'],
      ] as TinyObject[],
    };
    expect(read(parts)?.revocationLists.map(String)).toEqual(['de', 'abc']);
  });
});
