import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { frameMessage, MllpDecoder, type MllpEvent } from '../../../../server/standards/hl7v2/frame.ts';

const message = (id: string, name = '珅玘昞') =>
  iconv.encode(
    `MSH|^~\\&|HIS|LIUHE|HUB||20261122||ADT^A08|${id}|P|2.4||||||GBK\rPID|||1||${name}\r`,
    'gb18030',
  );

function feed(...chunks: Buffer[]): MllpEvent[] {
  const decoder = new MllpDecoder();
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()];
}
const frames = (events: MllpEvent[]) =>
  events.flatMap((event) => (event.kind === 'frame' ? [event.bytes] : []));

describe('MLLP torture cases', () => {
  const a = message('1');
  const b = message('2', '石珅');

  test('two frames in one chunk', () => {
    expect(frames(feed(Buffer.concat([frameMessage(a), frameMessage(b)])))).toEqual([a, b]);
  });

  test('FS and CR in different chunks', () => {
    const framed = frameMessage(a);
    const events = feed(framed.subarray(0, -1), framed.subarray(-1), frameMessage(b));
    expect(frames(events)).toEqual([a, b]);
    expect(events).toHaveLength(2);
  });

  test('junk between frames is reported and harms neither', () => {
    const events = feed(Buffer.concat([frameMessage(a), Buffer.from('hello\r\n'), frameMessage(b)]));
    expect(frames(events)).toEqual([a, b]);
    expect(events[1]).toMatchObject({ kind: 'junk', length: 7 });
  });

  test('one and a half frames, then the rest', () => {
    const both = Buffer.concat([frameMessage(a), frameMessage(b)]);
    const cut = frameMessage(a).length + 20;
    expect(frames(feed(both.subarray(0, cut), both.subarray(cut)))).toEqual([a, b]);
  });

  test('a split at every byte, inside characters too, gives the same frames', () => {
    const both = Buffer.concat([frameMessage(a), frameMessage(b)]);
    for (let at = 0; at <= both.length; at++)
      expect(frames(feed(both.subarray(0, at), both.subarray(at)))).toEqual([a, b]);
    expect(frames(feed(...[...both].map((byte) => Buffer.from([byte]))))).toEqual([a, b]);
  });

  test('a sender that forgets the CR is still understood', () => {
    expect(frames(feed(Buffer.concat([frameMessage(a).subarray(0, -1), frameMessage(b)])))).toEqual([a, b]);
  });

  test('a block begun anew without its end is reported as truncated', () => {
    const events = feed(Buffer.concat([frameMessage(a).subarray(0, 30), frameMessage(b)]));
    expect(events[0]).toEqual({ kind: 'truncated', bytes: a.subarray(0, 29) });
    expect(frames(events)).toEqual([b]);
  });

  test('a block left open at the end of the connection is truncated, not delivered', () => {
    expect(feed(frameMessage(a).subarray(0, 30))).toEqual([{ kind: 'truncated', bytes: a.subarray(0, 29) }]);
  });

  test('an oversize block is dropped while it arrives and the next one is read', () => {
    const decoder = new MllpDecoder(1000);
    const events = [Buffer.from([0x0b]), Buffer.alloc(900, 65), Buffer.alloc(900, 65)].flatMap((c) =>
      decoder.push(c),
    );
    expect(decoder.pendingBytes).toBe(1800);
    events.push(...decoder.push(Buffer.concat([Buffer.from([0x1c, 0x0d]), frameMessage(a)])));
    expect(events).toEqual([
      { kind: 'oversize', length: 1800 },
      { kind: 'frame', bytes: a },
    ]);
  });

  test('however the stream is cut, the frames are the same', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }),
        fc.array(fc.nat(300), { maxLength: 8 }),
        (bodies, cuts) => {
          const clean = bodies.map((body) =>
            Buffer.from(body.map((byte) => (byte === 0x0b || byte === 0x1c ? 65 : byte))),
          );
          const stream = Buffer.concat(clean.map((body) => frameMessage(body)));
          const edges = [
            0,
            ...cuts.map((cut) => Math.min(cut, stream.length)).sort((x, y) => x - y),
            stream.length,
          ];
          const chunks = edges.slice(1).map((edge, i) => stream.subarray(edges[i], edge));
          expect(frames(feed(...chunks))).toEqual(clean);
        },
      ),
      { numRuns: 100 },
    );
  });
});
