import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundaryOf, readMultipart } from '../../../server/core/multipartReader.ts';

/** What a body holds when it arrives in these pieces: headers and bytes of each part. */
async function read(pieces: Iterable<Buffer>, boundary = 'b') {
  const parts: { headers: Record<string, string>; text: string; ended: boolean }[] = [];
  await readMultipart(asArriving(pieces), boundary, {
    begin: (headers) => void parts.push({ headers: Object.fromEntries(headers), text: '', ended: false }),
    body: (bytes) => {
      const part = parts.at(-1);
      if (part) part.text += bytes.toString('latin1');
    },
    end: () => {
      const part = parts.at(-1);
      if (part) part.ended = true;
    },
  });
  return parts;
}
async function* asArriving(pieces: Iterable<Buffer>) {
  for (const piece of pieces) yield await Promise.resolve(piece);
}
const whole = (text: string) => [Buffer.from(text, 'latin1')];

const BODY =
  'preamble\r\n--b\r\nContent-Type: application/dicom\r\nX-Odd:  a:b \r\n\r\none\r\n--not\r\n--b\r\n\r\ntwo\r\n--b  \r\nA: 1\r\n\r\n\r\n--b--\r\nepilogue --b--';
const PARTS = [
  { headers: { 'content-type': 'application/dicom', 'x-odd': 'a:b' }, text: 'one\r\n--not', ended: true },
  { headers: {}, text: 'two', ended: true },
  { headers: { a: '1' }, text: '', ended: true },
];

describe('a multipart body', () => {
  test('is read wherever the network splits it', async () => {
    const bytes = Buffer.from(BODY, 'latin1');
    expect(await read([bytes])).toEqual(PARTS);
    for (let at = 0; at <= bytes.length; at++)
      expect(await read([bytes.subarray(0, at), bytes.subarray(at)]), `split at ${at}`).toEqual(PARTS);
    expect(await read([...bytes].map((byte) => Buffer.from([byte])))).toEqual(PARTS);
  });

  test('gives every part back byte for byte, whatever is in it but the boundary', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 64 }),
        async (contents, size) => {
          const boundary = 'MIME_boundary-0123456789';
          const body = Buffer.concat([
            ...contents.flatMap((content) => [Buffer.from(`\r\n--${boundary}\r\nX: y\r\n\r\n`), content]),
            Buffer.from(`\r\n--${boundary}--`),
          ]);
          const pieces: Buffer[] = [];
          for (let at = 0; at < body.length; at += size) pieces.push(body.subarray(at, at + size));
          const parts = await read(pieces, boundary);
          expect(parts.map(({ text }) => text)).toEqual(
            contents.map((content) => Buffer.from(content).toString('latin1')),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    ['is empty', ''],
    ['never begins', 'nothing of this kind'],
    ['ends within its headers', '--b\r\nA: 1'],
    ['ends within a part', '--b\r\nA: 1\r\n\r\nbytes'],
    ['ends with its boundary half said', '--b\r\nA: 1\r\n\r\nbytes\r\n--b-'],
    ['has a boundary with something else behind it', `--b${'x'.repeat(300)}`],
    ['has endless headers', `--b\r\nA: ${'x'.repeat(17_000)}`],
  ])('that %s is refused', async (_what, text) => {
    await expect(read(whole(text))).rejects.toMatchObject({ status: 400 });
  });

  test('waits for whoever stores the parts', async () => {
    const order: string[] = [];
    const slow = (word: string) => async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(word);
    };
    await readMultipart(asArriving(whole('--b\r\n\r\nx\r\n--b--')), 'b', {
      begin: slow('begin'),
      body: slow('body'),
      end: slow('end'),
    });
    expect(order).toEqual(['begin', 'body', 'end']);
  });
});

test.each([
  ['multipart/related; type="application/dicom"; boundary=abc', 'abc'],
  ['multipart/related; boundary="a b;c"', 'a b;c'],
  ['Multipart/Form-Data; BOUNDARY=x', 'x'],
  ['multipart/mixed;boundary=x;charset=utf-8', 'x'],
  ['multipart/related', undefined],
  ['multipart/alternative; boundary=x', undefined],
  ['application/json; boundary=x', undefined],
  [undefined, undefined],
])('the boundary of %s is %s', (type, boundary) => {
  expect(boundaryOf(type)).toBe(boundary);
});
