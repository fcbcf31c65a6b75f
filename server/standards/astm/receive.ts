import { ACK, NAK, type AstmSignal } from './frame.ts';

/**
 * The receiving side of E1381 as a pure function: a state and a signal in, a state and what to do out.
 * `idle` --ENQ--> `receiving` --frames--> … --EOT--> `idle` with a message.
 */
export interface ReceiveState {
  phase: 'idle' | 'receiving';
  /** Number the next frame should carry, 0–7. */
  expected: number;
  parts: Buffer[];
  bytes: number;
  /** The last frame ended in ETB: its record goes on in the next one. */
  goesOn: boolean;
  /** Bad frames in a row; after six the sender gives up by the standard. */
  refused: number;
}

export type ReceiveAction =
  | { do: 'send'; byte: number }
  | { do: 'deliver'; message: Buffer }
  | { do: 'discard'; message: Buffer; reason: string };

export const idle: ReceiveState = {
  phase: 'idle',
  expected: 1,
  parts: [],
  bytes: 0,
  goesOn: false,
  refused: 0,
};
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
const CR = 0x0d;

/** One step of the receiver (E1381 §6.3). A retransmitted frame is acknowledged again and kept once. */
export function receive(
  state: ReceiveState,
  signal: AstmSignal,
): { state: ReceiveState; actions: ReceiveAction[] } {
  if (state.phase === 'idle') {
    if (signal.kind === 'enq')
      return { state: { ...idle, phase: 'receiving' }, actions: [{ do: 'send', byte: ACK }] };
    // Frames without ENQ: the hub restarted in the middle of a transmission. NAK makes the sender begin again.
    if (signal.kind === 'frame' || signal.kind === 'bad-frame')
      return { state, actions: [{ do: 'send', byte: NAK }] };
    return { state, actions: [] };
  }
  switch (signal.kind) {
    case 'enq':
      return {
        state: { ...idle, phase: 'receiving' },
        actions: [...discarded(state, 'the sender began again'), { do: 'send', byte: ACK }],
      };
    case 'frame':
      return acceptFrame(state, signal);
    case 'bad-frame':
      return { state: { ...state, refused: state.refused + 1 }, actions: [{ do: 'send', byte: NAK }] };
    case 'eot':
      return { state: idle, actions: ended(state) };
    default:
      return { state, actions: [] };
  }
}

/** What to do when nothing came for 30 s (E1381 §6.5.2.5): drop the unfinished message and go idle. */
export function receiveTimeout(state: ReceiveState): { state: ReceiveState; actions: ReceiveAction[] } {
  return { state: idle, actions: discarded(state, 'no frame for 30 s') };
}

/** A sender that gives up ends the transmission inside a record: half a record may be a wrong value, so it is not delivered. */
function ended(state: ReceiveState): ReceiveAction[] {
  const message = Buffer.concat(state.parts);
  const whole = state.goesOn ? message.lastIndexOf(CR) + 1 : message.length;
  const rest = message.subarray(whole);
  return [
    ...(whole > 0 ? [{ do: 'deliver' as const, message: message.subarray(0, whole) }] : []),
    ...(rest.length > 0
      ? [{ do: 'discard' as const, message: rest, reason: 'the sender stopped inside a record' }]
      : []),
  ];
}

function acceptFrame(
  state: ReceiveState,
  { number, text, last }: Extract<AstmSignal, { kind: 'frame' }>,
): { state: ReceiveState; actions: ReceiveAction[] } {
  const ack: ReceiveAction = { do: 'send', byte: ACK };
  if (number === (state.expected + 7) % 8 && state.parts.length > 0) return { state, actions: [ack] };
  if (number !== state.expected || state.bytes + text.length > MAX_MESSAGE_BYTES)
    return { state: { ...state, refused: state.refused + 1 }, actions: [{ do: 'send', byte: NAK }] };
  const next: ReceiveState = {
    phase: 'receiving',
    expected: (state.expected + 1) % 8,
    parts: [...state.parts, text],
    bytes: state.bytes + text.length,
    goesOn: !last,
    refused: 0,
  };
  return { state: next, actions: [ack] };
}

function discarded(state: ReceiveState, reason: string): ReceiveAction[] {
  return state.bytes > 0 ? [{ do: 'discard', message: Buffer.concat(state.parts), reason }] : [];
}
