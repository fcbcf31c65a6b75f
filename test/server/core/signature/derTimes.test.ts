import { describe, expect, test } from 'vitest';
import {
  der,
  derChild,
  derChildren,
  derContext,
  DerError,
  derInteger,
  derObjectIdentifier,
  derSequence,
  derTag,
  readDer,
  readDerTime,
  readObjectIdentifier,
  sortedSetContent,
} from '../../../../server/core/signature/der.ts';

const time = (tag: number, text: string) => readDerTime(readDer(der(tag, Buffer.from(text, 'latin1'))));
const { utcTime, generalizedTime } = derTag;

describe('a time (RFC 5280 §4.1.2.5)', () => {
  test.each([
    [utcTime, '261122023200Z', '2026-11-22T02:32:00.000Z'],
    [utcTime, '491231235959Z', '2049-12-31T23:59:59.000Z'],
    [utcTime, '500101000000Z', '1950-01-01T00:00:00.000Z'],
    [utcTime, '000229000000Z', '2000-02-29T00:00:00.000Z'],
    [generalizedTime, '20501231235959Z', '2050-12-31T23:59:59.000Z'],
    [generalizedTime, '00990101000000Z', '0099-01-01T00:00:00.000Z'],
  ])('of type %i as %s is %s', (tag, text, at) => {
    expect(time(tag, text).toISOString()).toBe(at);
  });

  test.each([
    [utcTime, ''],
    [utcTime, '2611220232Z'],
    [utcTime, '261122023200'],
    [utcTime, '261122023200+0800'],
    [utcTime, '20261122023200Z'],
    [utcTime, '261322023200Z'],
    [utcTime, '260230000000Z'],
    [utcTime, '260022000000Z'],
    [utcTime, '261122240000Z'],
    [utcTime, '261122236000Z'],
    [utcTime, '261122235960Z'],
    [generalizedTime, '261122023200Z'],
    [generalizedTime, '20261122023200.5Z'],
    [generalizedTime, '20261122023200'],
    [generalizedTime, '20270229000000Z'],
  ])('of type %i as %s is none', (tag, text) => {
    expect(() => time(tag, text)).toThrow(DerError);
  });
});

describe('an object identifier', () => {
  const read = (hex: string) => readObjectIdentifier(readDer(Buffer.from(hex, 'hex')));
  test.each([
    ['06022a86', 'that breaks off within an arc'],
    ['06032a8001', 'with an arc longer than it needs'],
    ['0602802a', 'that begins with nothing'],
    ['0600', 'without any arc'],
    ['060a2affffffffffffffff7f', 'with an arc beyond what is counted exactly'],
    ['04012a', 'that is another type'],
  ])('%s, %s, is refused', (hex) => {
    expect(() => read(hex)).toThrow(DerError);
  });
  test.each(['0.0', '0.39', '1.0', '1.39.127', '2.0', '2.999.128', '1.2.16383.16384'])('%s is kept', (dotted) => {
    expect(readObjectIdentifier(readDer(derObjectIdentifier(dotted)))).toBe(dotted);
  }); // prettier-ignore
});

describe('an element', () => {
  test('of a long tag is not read; one within others is found by place and type', () => {
    expect(() => readDer(Buffer.from('1f8100', 'hex'))).toThrow('long tags');
    const children = derChildren(readDer(derSequence(derInteger(7), derContext(0, derInteger(300)))));
    expect(derChild(children, 0, derTag.integer).content).toEqual(Buffer.of(7));
    expect(derChildren(derChild(children, 1, 0xa0))[0]?.content).toEqual(Buffer.from('012c', 'hex'));
    for (const index of [1, 2]) expect(() => derChild(children, index, derTag.integer)).toThrow(DerError);
  });

  test.each(['30', '3081', '308201', '30850000000001', '30ff', '3080', '30820002', '3002'])(
    'of which only %s is there is refused',
    (hex) => {
      expect(() => readDer(Buffer.from(hex, 'hex'))).toThrow(DerError);
    },
  );

  test('a set is written in the one order that there is (X.690 §11.6), however it was given', () => {
    const parts = ['020103', '0201ff', '02020080', '040100'].map((hex) => Buffer.from(hex, 'hex'));
    const sorted = sortedSetContent(parts).toString('hex');
    expect(sorted).toBe('0201030201ff02020080040100');
    expect(sortedSetContent([...parts].reverse()).toString('hex')).toBe(sorted);
  });
});
