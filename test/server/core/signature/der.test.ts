import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  der,
  derChildren,
  derInteger,
  derObjectIdentifier,
  derSequence,
  readDer,
  readObjectIdentifier,
} from '../../../../server/core/signature/der.ts';

test('what was written is read back, at every length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70_000 }), (content) => {
      const element = readDer(der(0x04, content));
      expect(element.content.equals(Buffer.from(content))).toBe(true);
    }),
    { numRuns: 60 },
  );
  for (const length of [0, 127, 128, 255, 256, 65_535, 65_536])
    expect(readDer(der(4, Buffer.alloc(length))).content.length).toBe(length);
});

test('object identifiers keep large arcs', () => {
  for (const dotted of ['1.2.840.113549.1.9.16.2.47', '2.5.29.20', '1.2.156.10197.1.501', '2.999.1'])
    expect(readObjectIdentifier(readDer(derObjectIdentifier(dotted)))).toBe(dotted);
});

test('integers stay positive', () => {
  expect(derInteger(128).toString('hex')).toBe('02020080');
  expect(derInteger(0).toString('hex')).toBe('020100');
});

test.each([
  ['indefinite length', '3080020100000000'],
  ['length longer than needed', '30810302010500'],
  ['leading zero in the length', '0482000161'],
  ['content cut off', '300502'],
  ['nothing', ''],
])('%s is refused', (_, hex) => {
  expect(() => readDer(Buffer.from(hex, 'hex'))).toThrow();
});

test('a child that runs over its parent is refused', () => {
  expect(() => derChildren(readDer(derSequence(Buffer.from('0405aa', 'hex'))))).toThrow('truncated');
});
