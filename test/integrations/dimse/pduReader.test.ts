import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCommand } from '../../../integrations/dimse/command.ts';
import type { ProtocolError } from '../../../integrations/dimse/pdu.ts';
import { aborts } from '../../../integrations/dimse/pdu.ts';
import type { PduEvents } from '../../../integrations/dimse/pduReader.ts';
import { PduReader } from '../../../integrations/dimse/pduReader.ts';
import {
  writeAbort,
  writeAssociateAccept,
  writeAssociateReject,
  writeReleaseReply,
} from '../../../integrations/dimse/writePdu.ts';
import { associateRequest, dataSetOf, echoRequest, release, storeRequest } from './conversation.ts';

/** What a stream of PDUs says, with slices joined: equal for every way to cut the stream. */
function transcript(chunks: Iterable<Buffer>): unknown[] {
  const said: unknown[] = [];
  let open: { kind: string; contextId: number; bytes: Buffer } | undefined;
  const events: PduEvents = {
    associateRequest: (request) => said.push(['associate', request]),
    associateAccept: (accept) => said.push(['accept', accept]),
    associateReject: (rejection) => said.push(['reject', rejection]),
    fragment({ contextId, command, last, bytes }) {
      open ??= { kind: command ? 'command' : 'data set', contextId, bytes: Buffer.alloc(0) };
      open.bytes = Buffer.concat([open.bytes, bytes]);
      if (!last) return;
      said.push([open.kind, open.contextId, command ? readCommand(open.bytes) : open.bytes.toString('hex')]);
      open = undefined;
    },
    releaseRequest: () => said.push(['release']),
    releaseReply: () => said.push(['released']),
    abort: (abort) => said.push(['abort', abort]),
  };
  const reader = new PduReader(events, 131_072);
  for (const chunk of chunks) reader.push(chunk);
  return said;
}

const stream = Buffer.concat([
  associateRequest(),
  writeAssociateAccept({
    calledAe: 'HUB',
    callingAe: 'LIUHE',
    contexts: [{ id: 1, result: 0, transferSyntax: '1.2' }],
    maxPduLength: 9,
    roles: [{ sopClassUid: '1.2.3', scu: true, scp: false }],
  }),
  writeAssociateReject({ result: 2, source: 3, reason: 2 }),
  echoRequest(),
  storeRequest('1.2.3.4'),
  release,
  writeReleaseReply(),
  writeAbort({ source: 2, reason: 6 }),
]);

describe('the stream may be cut anywhere', () => {
  const whole = transcript([stream]);

  test('it says what was written', () => {
    expect(whole.map((entry) => (entry as [string])[0])).toEqual([
      'associate',
      'accept',
      'reject',
      'command',
      'command',
      'data set',
      'release',
      'released',
      'abort',
    ]);
    expect(whole[5]).toEqual(['data set', 3, dataSetOf('1.2.3.4').toString('hex')]);
    expect(whole[0]).toMatchObject([
      'associate',
      { callingAe: 'LIUHE', calledAe: 'HUB', user: { maxPduLength: 16384 } },
    ]);
  });

  test('in two at every byte', () => {
    for (let at = 1; at < stream.length; at++)
      expect(transcript([stream.subarray(0, at), stream.subarray(at)])).toEqual(whole);
  });

  test('byte by byte, and in random pieces', () => {
    expect(transcript(Array.from(stream, (byte) => Buffer.from([byte])))).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (sizes) => {
        const chunks: Buffer[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = sizes[i % sizes.length]!;
          chunks.push(stream.subarray(at, at + size));
          at += size;
        }
        expect(transcript(chunks)).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  test('data is passed on as slices of the chunks, not copied', () => {
    const slices: Buffer[] = [];
    const none = () => undefined;
    const reader = new PduReader(
      {
        associateRequest: none,
        associateAccept: none,
        associateReject: none,
        releaseRequest: none,
        releaseReply: none,
        abort: none,
        fragment: ({ bytes }) => slices.push(bytes),
      },
      131_072,
    );
    const chunk = storeRequest('1.2.3.4');
    reader.push(chunk);
    expect(slices.length).toBeGreaterThan(2);
    for (const slice of slices) expect(slice.buffer).toBe(chunk.buffer);
  });
});

describe('nonsense is refused at its head, before anything is kept', () => {
  const refused = (hex: string) => {
    try {
      transcript([Buffer.from(hex, 'hex')]);
    } catch (error) {
      return (error as ProtocolError).abort;
    }
    return 'accepted';
  };
  test.each([
    ['unknown type', '080000000004', aborts.unrecognizedPdu],
    ['type 0', '000000000004', aborts.unrecognizedPdu],
    ['4 GB of data', '0400ffffffff', aborts.invalidParameter],
    ['data longer than announced', '040000020100', aborts.invalidParameter],
    ['data too short for a value', '040000000005', aborts.invalidParameter],
    ['a value longer than its PDU', '04000000000a00000020' + '0103', aborts.invalidParameter],
    ['a value of 4 GB', '04000000000affffffff' + '0103', aborts.invalidParameter],
    ['a value without head', '04000000000a00000001' + '0103', aborts.invalidParameter],
    ['rest too short for a value', '04000000000a00000003' + '0103' + 'ff', aborts.invalidParameter],
    ['4 GB association request', '0100ffffffff', aborts.invalidParameter],
    ['association request without AE titles', '010000000010', aborts.invalidParameter],
    ['release of the wrong length', '050000000005', aborts.invalidParameter],
    ['abort of the wrong length', '0700000000ff', aborts.invalidParameter],
  ])('%s', (_what, hex, abort) => expect(refused(hex)).toEqual(abort));

  test.each([
    ['an item longer than its PDU', (bytes: Buffer) => bytes.writeUInt16BE(0xffff, 74 + 2)],
    [
      'an even context identifier',
      (bytes: Buffer) => bytes.writeUInt8(2, bytes.indexOf(Buffer.from([0x20, 0]), 74) + 4),
    ],
    [
      'the same context identifier twice',
      (bytes: Buffer) => bytes.writeUInt8(1, bytes.lastIndexOf(Buffer.from([0x20, 0])) + 4),
    ],
  ])('association request with %s', (_what, damage) => {
    const bytes = Buffer.from(associateRequest());
    damage(bytes);
    expect(refused(bytes.toString('hex'))).toEqual(aborts.invalidParameter);
  });
});
