import type { AstmSignal } from './frame.ts';

/** The sending side of E1381 as a pure function. `asked` = ENQ sent, `sending` = frame `at` is out. */
export interface SendState {
  phase: 'idle' | 'asked' | 'sending' | 'done' | 'failed';
  frames: readonly Buffer[];
  at: number;
  attempts: number;
  reason?: string;
}

export type SendAction =
  | { do: 'enq' }
  | { do: 'frame'; bytes: Buffer }
  | { do: 'eot' }
  /** Wait, then call {@link beginSending} again. */
  | { do: 'retry-later'; afterMs: number };

/** E1381 §6.5.1.2: a frame is sent at most six times. */
const MAX_ATTEMPTS = 6;
/** §6.5.2: answers are awaited for 15 s; after NAK to ENQ 10 s pass; in contention the host waits 20 s. */
export const ANSWER_TIMEOUT_MS = 15_000;
const BUSY_WAIT_MS = 10_000;
const CONTENTION_WAIT_MS = 20_000;

export function beginSending(
  frames: readonly Buffer[],
  attempts = 0,
): { state: SendState; actions: SendAction[] } {
  return { state: { phase: 'asked', frames, at: 0, attempts: attempts + 1 }, actions: [{ do: 'enq' }] };
}

/** One step of the sender. EOT as an answer to a frame asks us to stop: it counts as an acknowledgement. */
export function send(state: SendState, signal: AstmSignal): { state: SendState; actions: SendAction[] } {
  if (state.phase === 'asked') {
    if (signal.kind === 'ack') return transmit({ ...state, phase: 'sending', at: 0, attempts: 0 });
    if (signal.kind === 'nak') return later(state, BUSY_WAIT_MS, 'the analyzer is busy');
    // Both asked at once: the instrument has priority (§6.2.7.1).
    if (signal.kind === 'enq') return later(state, CONTENTION_WAIT_MS, 'the analyzer wanted to send too');
    return { state, actions: [] };
  }
  if (state.phase !== 'sending') return { state, actions: [] };
  if (signal.kind === 'ack' || signal.kind === 'eot')
    return transmit({ ...state, at: state.at + 1, attempts: 0 });
  if (signal.kind === 'nak') {
    if (state.attempts >= MAX_ATTEMPTS)
      return {
        state: { ...state, phase: 'failed', reason: `frame ${state.at + 1} refused ${MAX_ATTEMPTS} times` },
        actions: [{ do: 'eot' }],
      };
    return transmit(state);
  }
  return { state, actions: [] };
}

/** No answer in time: give up this transmission with EOT; the caller tries the whole message again. */
export function sendTimeout(state: SendState): { state: SendState; actions: SendAction[] } {
  return { state: { ...state, phase: 'failed', reason: 'no answer in time' }, actions: [{ do: 'eot' }] };
}

function transmit(state: SendState): { state: SendState; actions: SendAction[] } {
  const bytes = state.frames[state.at];
  if (!bytes) return { state: { ...state, phase: 'done' }, actions: [{ do: 'eot' }] };
  return { state: { ...state, attempts: state.attempts + 1 }, actions: [{ do: 'frame', bytes }] };
}

function later(
  state: SendState,
  afterMs: number,
  reason: string,
): { state: SendState; actions: SendAction[] } {
  if (state.attempts >= MAX_ATTEMPTS)
    return { state: { ...state, phase: 'failed', reason }, actions: [{ do: 'eot' }] };
  return { state: { ...state, phase: 'idle', reason }, actions: [{ do: 'retry-later', afterMs }] };
}
