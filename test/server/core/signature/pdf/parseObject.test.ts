import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  pdfAscii,
  PdfError,
  pdfName,
  pdfReference,
  pdfText,
  readPdfText,
  writePdfObject,
  type PdfObject,
} from '../../../../../server/core/signature/pdf/objects.ts';
import { parseObject, skipWhitespace } from '../../../../../server/core/signature/pdf/parseObject.ts';

const parse = (text: string) => parseObject(Buffer.from(text, 'latin1'), 0);
const textOf = (text: string) => {
  const { value } = parse(text);
  return (value as { bytes: Buffer }).bytes.toString('latin1');
};

describe('an object as it stands in a file', () => {
  test.each([
    ['null', null],
    ['true', true],
    ['false', false],
    ['0', 0],
    ['-12.5', -12.5],
    ['+3', 3],
    ['.5', 0.5],
    ['4.', 4],
    ['%comment\r\n  7', 7],
    ['/Name', pdfName('Name')],
    ['/A#20B#2f', pdfName('A B/')],
    ['/', pdfName('')],
    ['12 0 R', pdfReference(12)],
    ['[1 0 R 2]', [pdfReference(1), 2]],
    ['[ ]', []],
    ['<< >>', new Map()],
    ['<</A 1/B[null]/C<</D/E>>>>', new Map<string, PdfObject>([['A', 1], ['B', [null]], ['C', new Map([['D', pdfName('E')]])]])],
  ] as [string, PdfObject][])('%s', (text, value) => {
    expect(parse(text).value).toEqual(value);
  }); // prettier-ignore

  test.each([
    ['(plain)', 'plain'],
    ['()', ''],
    ['(a(b)c)', 'a(b)c'],
    ['(\\(\\)\\\\)', '()\\'],
    ['(\\n\\r\\t\\b\\f)', '\n\r\t\b\f'],
    ['(\\101\\7\\53x\\400)', 'A\x07+x\x00'],
    ['(one\\\ntwo\\\r\nthree\\\rfour)', 'onetwothreefour'],
    ['(\\q)', 'q'],
    ['<48 69>', 'Hi'],
    ['<486>', 'H`'],
    ['<>', ''],
  ])('the string %s', (text, value) => {
    expect(textOf(text)).toBe(value);
    expect(parse(text).end).toBe(text.length);
  });

  test.each([
    ['nothing', ''],
    ['a word of no meaning', 'obj'],
    ['a number that is none', '1.2.3'],
    ['a string that never ends', '(open (still)'],
    ['a string that ends in its escape', '(open\\'],
    ['digits that never end', '<4869'],
    ['digits that are none', '<48ZZ>'],
    ['a list that never ends', '[1 2'],
    ['a dictionary that never ends', '<< /A 1'],
    ['a dictionary half closed', '<< /A 1 >'],
    ['a key that is no name', '<< (A) 1 >>'],
    ['a key without a value', '<< /A >>'],
    ['a key that stands twice', '<< /A 1 /A 2 >>'],
    ['a key that stands twice in two spellings', '<< /AB 1 /A#42 2 >>'],
    ['a word without end', 'x'.repeat(300)],
    ['a thousand lists in each other', '['.repeat(1_000)],
    ['a thousand dictionaries in each other', '<</A'.repeat(1_000)],
  ])('%s is refused as such', (_what, text) => {
    expect(() => parse(text)).toThrow(PdfError);
  });

  test('whatever the bytes, reading ends with an object or a fault of its own', () => {
    const noise = fc.string({ unit: fc.constantFrom(...'()<>[]/%\\ \n\r09AfRobj.-#'), maxLength: 80 });
    fc.assert(
      fc.property(noise, (text) => {
        try {
          expect(parse(text).end).toBeLessThanOrEqual(text.length);
        } catch (error) {
          expect(error).toBeInstanceOf(PdfError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

test('blanks and comments are passed over, also at the end of the file', () => {
  const skipped = (text: string) => skipWhitespace(Buffer.from(text, 'latin1'), 0);
  expect(skipped(' \t\r\n\f\0x')).toBe(6);
  expect(skipped('%a\n%b\rx')).toBe(6);
  expect(skipped('%never ends')).toBe(11);
  expect(skipped('')).toBe(0);
});

describe('what is written is read back', () => {
  const name = fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)), minLength: 1, maxLength: 12 }); // prettier-ignore
  const bytes = fc.uint8Array({ maxLength: 20 }).map((value) => Buffer.from(value).toString('latin1'));
  const { object } = fc.letrec<{ object: PdfObject }>((tie) => ({
    object: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, false),
      fc.integer(),
      fc.integer({ min: -1e9, max: 1e9 }).map((thousandths) => thousandths / 1000),
      name.map(pdfName),
      fc.nat(999_999).map(pdfReference),
      bytes.map(pdfAscii),
      fc.string({ unit: 'grapheme', maxLength: 10 }).map(pdfText),
      fc.array(tie('object'), { maxLength: 4 }),
      fc.uniqueArray(fc.tuple(name, tie('object')), { selector: ([key]) => key, maxLength: 4 }).map((entries) => new Map(entries)),
    ),
  })); // prettier-ignore
  const plain = (value: PdfObject): unknown =>
    value instanceof Map
      ? [...value].map(([key, part]) => [key, plain(part)])
      : Array.isArray(value)
        ? value.map((part: PdfObject) => plain(part))
        : value !== null && typeof value === 'object' && 'bytes' in value
          ? value.bytes.toString('hex')
          : value;

  test('every kind of object, in each other', () => {
    fc.assert(
      fc.property(object, (value) => {
        const text = writePdfObject(value);
        const { value: again, end } = parse(`${text} `);
        expect(plain(again)).toEqual(plain(value));
        expect(end).toBe(text.length);
        expect(writePdfObject(again)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test('a stream is not written inside another object', () => {
    const stream = { kind: 'stream', dictionary: new Map(), start: 0 } as const;
    expect(() => writePdfObject([stream])).toThrow(PdfError);
  });
});

test.each(['报告签发', 'plain', '𠮷玘', ''])('the text %s is kept', (text) => {
  expect(readPdfText(pdfText(text))).toBe(text);
});
test('bytes without a mark are single characters; a mark with half a character behind it is no text of two bytes', () => {
  expect(readPdfText(pdfAscii('caf\xe9'))).toBe('café');
  expect(readPdfText(pdfAscii('\xfe\xff\x62'))).toBe('þÿb');
});
