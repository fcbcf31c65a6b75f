import { describe, expect, test } from 'vitest';
import {
  appendSignatureField,
  pdfDate,
  type SignatureField,
} from '../../../../../server/core/signature/pdf/appendSignatureField.ts';
import { isKind, PdfError, readPdfText } from '../../../../../server/core/signature/pdf/objects.ts';
import { readAttachment } from '../../../../../server/core/signature/pdf/readAttachment.ts';
import { readPdf } from '../../../../../server/core/signature/pdf/readPdf.ts';
import { readSignature } from '../../../../../server/core/signature/pdf/readSignature.ts';
import { installed, run, write } from '../signingTools.ts';
import { onePage, tinyPdf, type TinyObject } from './tinyPdf.ts';

const field = (more: Partial<SignatureField> = {}): SignatureField => ({
  signedAt: new Date('2026-11-22T02:32:00Z'),
  signerName: '赵影像',
  certificates: [Buffer.from('certificate')],
  revocationLists: [Buffer.from('list one'), Buffer.from('list two')],
  signatureBytes: 100,
  ...more,
});
const deepTree = (depth: number): TinyObject[] => [
  [1, '<< /Type /Catalog /Pages 10 0 R >>'],
  ...Array.from({ length: depth }, (_, n): TinyObject => [
    10 + n,
    `<< /Type /Pages /Kids [${11 + n} 0 R] /Count 1 >>`,
  ]),
  [10 + depth, `<< /Type /Page /Parent ${9 + depth} 0 R /MediaBox [0 0 9 9] >>`],
];

test('the field is added behind the file, which stays byte by byte what it was', () => {
  const original = tinyPdf();
  const { bytes, contentsStart, contentsEnd } = appendSignatureField(original, field());
  expect(bytes.subarray(0, original.length).equals(original)).toBe(true);
  expect(bytes.toString('latin1', contentsStart, contentsEnd)).toBe(`<${'0'.repeat(200)}>`);
  const signature = readSignature(readPdf(bytes))!;
  expect(signature).toMatchObject({ contentsStart, contentsEnd, faults: [] });
  expect(signature.revocationLists.map(String)).toEqual(['list one', 'list two']);
});

test.each([
  ['报告签发', '青禾县人民医院'],
  ['a (b) c\\d', '<e> /f %g'],
  ['line\r\nbreak', '𠮷玘'],
  ['', ''],
])('reason and place are kept: %j, %j', (reason, location) => {
  const { bytes } = appendSignatureField(tinyPdf(), field({ reason, location }));
  const file = readPdf(bytes);
  expect(readSignature(file)?.reason).toBe(reason);
  const form = file.dictionary(file.catalog.get('AcroForm'));
  const value = file.dictionary(file.dictionary(file.array(form?.get('Fields'))[0])?.get('V'));
  const place = value?.get('Location');
  expect(isKind(place, 'string') && readPdfText(place)).toBe(location);
});

test('notes that a page has stay on it beside the field', () => {
  const noted = onePage(
    [3, '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Annots [4 0 R] >>'],
    [4, '<< /Type /Annot /Subtype /Text /Rect [0 0 1 1] >>'],
  );
  const file = readPdf(appendSignatureField(tinyPdf(noted), field()).bytes);
  const pages = file.dictionary(file.catalog.get('Pages'));
  const page = file.dictionary(file.array(pages?.get('Kids'))[0]);
  const kinds = file.array(page?.get('Annots')).map((note) => file.dictionary(note)?.get('Subtype'));
  expect(kinds).toMatchObject([{ name: 'Text' }, { name: 'Widget' }]);
});

test('the signature permits no later change (DocMDP level 1)', () => {
  const file = readPdf(appendSignatureField(tinyPdf(), field()).bytes);
  const signature = file.dictionary(file.dictionary(file.catalog.get('Perms'))?.get('DocMDP'));
  const rule = file.dictionary(file.array(signature?.get('Reference'))[0]);
  expect(rule?.get('TransformMethod')).toMatchObject({ name: 'DocMDP' });
  expect(file.dictionary(rule?.get('TransformParams'))?.get('P')).toBe(1);
});

describe('a file is refused', () => {
  test.each([
    ['that has a form', tinyPdf(onePage([1, '<< /Pages 2 0 R /AcroForm << /Fields [] >> >>']))],
    ['that was signed', appendSignatureField(tinyPdf(), field()).bytes],
    ['without pages', tinyPdf(onePage([1, '<< /Type /Catalog >>']))],
    ['whose pages are none', tinyPdf(onePage([2, '<< /Type /Pages /Kids [] /Count 0 >>']))],
    ['whose page stands in the tree itself', tinyPdf(onePage([2, '<< /Kids [<< /Type /Page >>] >>']))],
    ['whose page is not there', tinyPdf(onePage([2, '<< /Kids [99 0 R] >>']))],
    ['whose tree never ends', tinyPdf(onePage([2, '<< /Kids [2 0 R] >>']))],
    ['that does not say how large it is', Buffer.from(tinyPdf().toString('latin1').replace('/Size 4', '/Size x'), 'latin1')],
    ['that is cut off', tinyPdf().subarray(0, 100)],
  ])('%s', (_what, bytes) => {
    expect(() => appendSignatureField(bytes, field())).toThrow(PdfError);
  }); // prettier-ignore
});

test.each([1, 5, 15])('the first page is found %i nodes deep', (depth) => {
  const { bytes } = appendSignatureField(tinyPdf(deepTree(depth)), field());
  expect(readSignature(readPdf(bytes))?.faults).toEqual([]);
});

test.skipIf(!installed('qpdf', '--version')).each([
  ['one page', tinyPdf()],
  ['a deep tree', tinyPdf(deepTree(9))],
])('qpdf finds nothing wrong with %s that was prepared', (name, bytes) => {
  const file = write(`${name}.pdf`, appendSignatureField(bytes, field({ reason: '(a\\' })).bytes);
  const { status, output } = run('qpdf', '--check', file);
  expect(output).not.toContain('WARNING');
  expect(status).toBe(0);
});

test('a time is written as UTC to the second', () => {
  expect(pdfDate(new Date('2026-11-22T10:32:07.999+08:00'))).toBe('D:20261122023207Z');
});

describe('an attached file', () => {
  const tree = (names: string, ...more: TinyObject[]) =>
    readPdf(
      tinyPdf(
        onePage(
          [1, `<< /Pages 2 0 R /Names << /EmbeddedFiles ${names} >> >>`],
          [4, '<< /EF << /F 5 0 R >> >>'],
          [5, '<< /Length 4 >>\nstream\n{"a"\nendstream'],
          ...more,
        ),
      ),
    );
  const read = (...from: Parameters<typeof tree>) => readAttachment(tree(...from), 'report.json')?.toString();

  test.each([
    ['stands in the root', '<< /Names [(a.txt) 6 0 R (report.json) 4 0 R] >>', []],
    ['stands in a branch', '<< /Kids [7 0 R 8 0 R] >>', [[7, '<< /Names [(a) 4 0 R] >>'], [8, '<< /Names [(report.json) 4 0 R] >>']]],
    ['is named in two bytes a sign', '<< /Names [<feff007200650070006f00720074002e006a0073006f006e> 4 0 R] >>', []],
  ] as [string, string, TinyObject[]][])('that %s is found', (_what, names, more) => {
    expect(read(names, ...more)).toBe('{"a"');
  }); // prettier-ignore

  test.each([
    ['that nobody attached', '<< /Names [(a.txt) 4 0 R] >>', []],
    ['in a tree that goes in a circle', '6 0 R', [[6, '<< /Kids [6 0 R] >>']]],
    ['whose name has no file', '<< /Names [(report.json)] >>', []],
    ['whose file has no bytes', '<< /Names [(report.json) 6 0 R] >>', [[6, '<< /EF << >> >>']]],
    ['whose bytes are no stream', '<< /Names [(report.json) 6 0 R] >>', [[6, '<< /EF << /F (text) >> >>']]],
  ] as [string, string, TinyObject[]][])('%s is none', (_what, names, more) => {
    expect(read(names, ...more)).toBeUndefined();
  });
});
