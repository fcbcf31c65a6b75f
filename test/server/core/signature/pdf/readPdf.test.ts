import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { isKind, PdfError, pdfReference } from '../../../../../server/core/signature/pdf/objects.ts';
import { readPdf } from '../../../../../server/core/signature/pdf/readPdf.ts';
import { append, onePage, tableOf, tinyPdf, type TinyObject } from './tinyPdf.ts';

const replaced = (from: string | RegExp, to: string, file = tinyPdf()) =>
  Buffer.from(file.toString('latin1').replace(from, to), 'latin1');
const update = (file: Buffer, objects: TinyObject[], freed: number[] = [], prev = tableOf(file)) =>
  append(file, objects, `/Root 1 0 R /Prev ${prev}`, freed);

describe('a file', () => {
  test('is opened at its catalogue; references are followed', () => {
    const file = readPdf(tinyPdf(onePage([4, '5 0 R'], [5, '[(deep)]'])));
    expect(file.dictionary(file.catalog.get('Pages'))?.get('Count')).toBe(1);
    expect(file.array(pdfReference(4))).toMatchObject([{ kind: 'string' }]);
    expect(file.resolve(pdfReference(99)), 'an object that is nowhere is null').toBeNull();
    expect(file.dictionary(7)).toBeUndefined();
    expect(file.array(undefined)).toEqual([]);
  });

  test('that was updated shows the newest object; what was freed is gone', () => {
    const first = tinyPdf(onePage([4, '(old)'], [5, '(kept)']));
    const second = update(first, [[4, '(new)']]);
    const third = update(second, [[6, '(added)']], [5]);
    const text = (bytes: Buffer, number: number) => {
      const value = readPdf(bytes).resolve(pdfReference(number));
      return isKind(value, 'string') ? value.bytes.toString() : value;
    };
    expect([4, 5].map((number) => text(first, number))).toEqual(['old', 'kept']);
    expect([4, 5].map((number) => text(second, number))).toEqual(['new', 'kept']);
    expect([4, 5, 6].map((number) => text(third, number))).toEqual(['new', null, 'added']);
  });

  test.each([
    ['is no PDF', Buffer.from('hello')],
    ['is empty', Buffer.alloc(0)],
    ['has no end', tinyPdf().subarray(0, -8)],
    ['has something behind its end', Buffer.concat([tinyPdf(), Buffer.from('x')])],
    ['names a table behind its end', replaced(/startxref\n\d+/, 'startxref\n999999')],
    ['names a table where there is none', replaced(/startxref\n\d+/, 'startxref\n9')],
    ['names a table at no number', replaced(/startxref\n\d+/, 'startxref\nabc')],
    ['has a table whose rows are cut', replaced('00000 n', '00000')],
    ['has a table of a million rows that are not there', replaced('1 1\n', '1 1000000\n')],
    ['has a table of more rows than are read', replaced('1 1\n', '1 1000001\n')],
    ['has a table that begins with no number', replaced('1 1\n', 'x 1\n')],
    ['has a trailer that is none', replaced(/trailer\n<<[^>]*>>/, 'trailer\n(none)')],
    ['is encrypted', tinyPdf(onePage(), '/Root 1 0 R /Encrypt 3 0 R')],
    ['has no catalogue', tinyPdf(onePage(), '')],
    ['has a catalogue that is none', tinyPdf(onePage([1, '(catalogue)']))],
    ['has a catalogue somewhere else', replaced(/0000000009/, '0000000010')],
    ['has another object where its table says', replaced('1 0 obj', '7 0 obj')],
  ])('that %s is refused', (_what, bytes) => {
    expect(() => readPdf(bytes)).toThrow(PdfError);
  });

  test('whose references go in a circle is refused where they are followed', () => {
    const file = readPdf(tinyPdf(onePage([4, '5 0 R'], [5, '4 0 R'], [6, '6 0 R'])));
    for (const number of [4, 6])
      expect(() => file.resolve(pdfReference(number))).toThrow('leads in a circle');
  });

  test('whose tables go in a circle, or are too many, is refused', () => {
    const start = tinyPdf();
    const circle = update(start, [], [], start.length);
    expect(() => readPdf(circle)).toThrow('too many cross-reference sections');
    let many = start;
    for (let n = 0; n < 63; n++) many = update(many, [[4, `(${n})`]]);
    expect(readPdf(many).resolve(pdfReference(4))).toMatchObject({ kind: 'string' });
    expect(() => readPdf(update(many, []))).toThrow('too many cross-reference sections');
  });

  test('may be cut at any byte: it is refused, and nothing else happens', () => {
    const whole = update(tinyPdf(), [[4, '(new)']]);
    for (let length = 0; length < whole.length - 1; length++) {
      const cut = whole.subarray(0, length);
      // Cut exactly behind the first version it is that version: nothing tells that there was more.
      if (cut.toString('latin1').trimEnd().endsWith('%%EOF')) continue;
      expect(() => readPdf(cut), `cut at ${length}`).toThrow(PdfError);
    }
  });
});

describe('a stream', () => {
  const plain = 'q 1 0 0 1 0 0 cm Q';
  const packed = deflateSync(plain).toString('latin1');
  const open = (dictionary: string, content: string, ...more: TinyObject[]) => {
    const file = readPdf(tinyPdf(onePage([4, `<< ${dictionary} >>\nstream\n${content}\nendstream`], ...more)));
    const stream = file.resolve(pdfReference(4));
    if (!isKind(stream, 'stream')) throw new Error('not a stream');
    return (limit?: number) => file.streamBytes(stream, limit).toString('latin1');
  }; // prettier-ignore

  test('is given as it is, or inflated', () => {
    expect(open(`/Length ${plain.length}`, plain)()).toBe(plain);
    expect(open('/Length 5 0 R', plain, [5, String(plain.length)])()).toBe(plain);
    for (const filter of ['/FlateDecode', '[/FlateDecode]', '6 0 R'])
      expect(open(`/Length ${packed.length} /Filter ${filter}`, packed, [6, '/FlateDecode'])()).toBe(plain);
    expect(open('/Length 0 /Filter []', '')()).toBe('');
  });

  test('may begin behind CR LF or LF', () => {
    const body = `<< /Length 2 >> stream\r\nab\r\nendstream`;
    const file = readPdf(tinyPdf(onePage([4, body])));
    const stream = file.resolve(pdfReference(4));
    expect(isKind(stream, 'stream') && file.streamBytes(stream).toString()).toBe('ab');
  });

  test.each([
    ['without a length', '', plain, 'length of a stream'],
    ['of less than nothing', '/Length -1', plain, 'length of a stream'],
    ['longer than the file', '/Length 99999', plain, 'length of a stream'],
    ['of a length that is a word', '/Length /Long', plain, 'length of a stream'],
    ['packed in another way', `/Length ${plain.length} /Filter /LZWDecode`, plain, 'filter of a stream'],
    ['packed twice', `/Length ${packed.length} /Filter [/FlateDecode /FlateDecode]`, packed, 'filter of a stream'],
    ['whose filter is no name', `/Length ${packed.length} /Filter 7`, packed, 'filter of a stream'],
    ['that is cut off', `/Length ${packed.length - 6} /Filter /FlateDecode`, packed, 'cannot be inflated'],
    ['that was never packed', `/Length ${plain.length} /Filter /FlateDecode`, plain, 'cannot be inflated'],
  ])('%s is refused', (_what, dictionary, content, words) => {
    const read = open(dictionary, content);
    expect(read).toThrow(PdfError);
    expect(read).toThrow(words);
  }); // prettier-ignore

  test('that unpacks to far more than it is, is not unpacked', () => {
    const bomb = deflateSync(Buffer.alloc(3_000_000)).toString('latin1');
    const read = open(`/Length ${bomb.length} /Filter /FlateDecode`, bomb);
    expect(() => read(1_000_000)).toThrow('cannot be inflated');
    expect(read(3_000_000)).toHaveLength(3_000_000);
  });
});
