import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ACK,
  AstmDecoder,
  ENQ,
  EOT,
  frameRecords,
  NAK,
  writeFrame,
  type AstmSignal,
} from '../../../../server/standards/astm/frame.ts';
import {
  idle,
  receive,
  type ReceiveAction,
  type ReceiveState,
} from '../../../../server/standards/astm/receive.ts';
import {
  beginSending,
  send,
  sendTimeout,
  type SendAction,
  type SendState,
} from '../../../../server/standards/astm/send.ts';

const seed = 20_261_201;
/** Records as analyzers send them: any bytes but those that rule the line. */
const record = fc
  .uint8Array({ minLength: 1, maxLength: 600 })
  .map((bytes) => Buffer.from([...bytes].map((byte) => (byte < 0x20 ? byte + 0x40 : byte)).concat(0x0d)));
const records = fc.array(record, { minLength: 1, maxLength: 12 });

/** The receiving end of a line: bytes in, answers out, and what it delivered and dropped. */
class Receiver {
  private readonly decoder = new AstmDecoder();
  private state: ReceiveState = idle;
  readonly delivered: Buffer[] = [];
  readonly dropped: { message: Buffer; reason: string }[] = [];

  take(bytes: Uint8Array): number[] {
    return this.decoder.push(bytes).flatMap((signal) => this.step(signal));
  }

  private step(signal: AstmSignal): number[] {
    const { state, actions } = receive(this.state, signal);
    this.state = state;
    return actions.flatMap((action: ReceiveAction) => {
      if (action.do === 'deliver') this.delivered.push(action.message);
      if (action.do === 'discard') this.dropped.push(action);
      return action.do === 'send' ? [action.byte] : [];
    });
  }
}

const bytesOf = (action: SendAction): Buffer =>
  action.do === 'enq'
    ? Buffer.from([ENQ])
    : action.do === 'eot'
      ? Buffer.from([EOT])
      : action.do === 'frame'
        ? action.bytes
        : Buffer.alloc(0);

/** Both ends on one line; `spoil` says what becomes of each frame on its way. */
function transmit(frames: Buffer[], spoil: (bytes: Buffer, nth: number) => Buffer) {
  const receiver = new Receiver();
  let { state, actions }: { state: SendState; actions: SendAction[] } = beginSending(frames);
  let nth = 0;
  while (actions.length > 0) {
    const answers = actions.flatMap((action) =>
      receiver.take(action.do === 'frame' ? spoil(action.bytes, nth++) : bytesOf(action)),
    );
    if (state.phase === 'done' || state.phase === 'failed') break;
    actions = [];
    for (const answer of answers) {
      const step = send(state, { kind: answer === ACK ? 'ack' : answer === NAK ? 'nak' : 'eot' });
      state = step.state;
      actions.push(...step.actions);
    }
    if (answers.length === 0) ({ state, actions } = sendTimeout(state));
  }
  return { phase: state.phase, receiver };
}

describe('both ends of one line', () => {
  test('what is sent is delivered once and whole, however many frames are spoilt up to five times each (300 runs)', () => {
    fc.assert(
      fc.property(records, fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1 }), (list, spoilt) => {
        const frames = frameRecords(list);
        const left = new Map(frames.map((frame, at) => [frame, spoilt[at % spoilt.length]!]));
        const { phase, receiver } = transmit(frames, (bytes) => {
          const times = left.get(bytes) ?? 0;
          if (times === 0) return bytes;
          left.set(bytes, times - 1);
          const broken = Buffer.from(bytes);
          broken[1] = broken[1]! ^ 0x40;
          return broken;
        });
        expect(phase).toBe('done');
        expect(receiver.delivered).toEqual([Buffer.concat(list)]);
        expect(receiver.dropped).toEqual([]);
      }),
      { seed, numRuns: 300 },
    );
  });

  test('a frame that never comes through ends the transmission; of a record only whole ones are delivered (300 runs)', () => {
    fc.assert(
      fc.property(records, fc.nat(), (list, place) => {
        const frames = frameRecords(list);
        const lost = frames[place % frames.length]!;
        const { phase, receiver } = transmit(frames, (bytes) => {
          if (bytes !== lost) return bytes;
          const broken = Buffer.from(bytes);
          broken[2] = broken[2]! ^ 1;
          return broken;
        });
        expect(phase).toBe('failed');
        const said = Buffer.concat(receiver.delivered);
        expect(Buffer.concat(list).subarray(0, said.length).equals(said)).toBe(true);
        if (said.length > 0) expect(said.at(-1)).toBe(0x0d);
        expect(receiver.delivered.length).toBeLessThanOrEqual(1);
      }),
      { seed, numRuns: 300 },
    );
  });

  test('however the bytes are cut, and whatever noise stands between frames, the same is read (200 runs)', () => {
    const noise = fc.uint8Array({ maxLength: 5 }).map((bytes) => Buffer.from(bytes.map((byte) => (byte & 0x7f) + 0x20)));
    fc.assert(
      fc.property(records, fc.array(noise, { minLength: 1 }), fc.integer({ min: 1, max: 40 }), (list, between, size) => {
        const parts = [Buffer.from([ENQ]), ...frameRecords(list), Buffer.from([EOT])];
        const wire = Buffer.concat(parts.flatMap((part, at) => [between[at % between.length]!, part]));
        const receiver = new Receiver();
        for (let at = 0; at < wire.length; at += size) receiver.take(wire.subarray(at, at + size));
        expect(receiver.delivered).toEqual([Buffer.concat(list)]);
      }),
      { seed, numRuns: 200 },
    );
  }); // prettier-ignore

  test('noise alone delivers nothing and never fails (500 runs)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const receiver = new Receiver();
        const answers = receiver.take(bytes);
        expect(answers.every((answer) => answer === ACK || answer === NAK)).toBe(true);
        if (!bytes.includes(ENQ)) expect(receiver.delivered).toEqual([]);
      }),
      { seed, numRuns: 500 },
    );
  });
});

describe('a sender that gives up', () => {
  const frame = (number: number, text: string, last: boolean) =>
    writeFrame(number, Buffer.from(text, 'latin1'), last);
  const outcome = (...frames: Buffer[]) => {
    const receiver = new Receiver();
    receiver.take(Buffer.concat([Buffer.from([ENQ]), ...frames, Buffer.from([EOT])]));
    return {
      delivered: receiver.delivered.map(String),
      dropped: receiver.dropped.map(({ message, reason }) => `${message.toString()}: ${reason}`),
    };
  };

  test('inside a value does not leave half of it as a result', () => {
    expect(outcome(frame(1, 'H|\\^&\r', true), frame(2, 'R|1|^^^GLU|1', false))).toEqual({
      delivered: ['H|\\^&\r'],
      dropped: ['R|1|^^^GLU|1: the sender stopped inside a record'],
    });
  });

  test('inside its first record delivers nothing', () => {
    expect(outcome(frame(1, 'H|\\^&||', false))).toEqual({
      delivered: [],
      dropped: ['H|\\^&||: the sender stopped inside a record'],
    });
  });

  test('behind a whole record that its frame ended with ETB loses none', () => {
    expect(outcome(frame(1, 'H|\\^&\rL|1\r', false))).toEqual({ delivered: ['H|\\^&\rL|1\r'], dropped: [] });
  });

  test('a record over two frames is whole with the second', () => {
    expect(outcome(frame(1, 'H|\\^&\rR|1|^^^GLU|1', false), frame(2, '2.3\r', true))).toEqual({
      delivered: ['H|\\^&\rR|1|^^^GLU|12.3\r'],
      dropped: [],
    });
  });

  test('before anything was taken leaves nothing', () => {
    expect(outcome()).toEqual({ delivered: [], dropped: [] });
  });
});
