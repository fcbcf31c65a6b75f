import type { Socket } from 'node:net';
import type { Context } from '../../server/core/context.ts';
import { findInstrument } from '../../server/lab/instrument/findInstrument.ts';
import {} from '../../server/lab/instrument/receiveInstrumentResults.ts';
import { AstmDecoder, EOT, ENQ, NAK, type AstmSignal } from '../../server/standards/astm/frame.ts';
import { parseAstm } from '../../server/standards/astm/parse.ts';
import {
  idle,
  receive,
  receiveTimeout,
  type ReceiveAction,
  type ReceiveState,
} from '../../server/standards/astm/receive.ts';
import { readAstmQueries } from '../../server/standards/astm/results.ts';
import {
  ANSWER_TIMEOUT_MS,
  beginSending,
  send,
  sendTimeout,
  type SendAction,
  type SendState,
} from '../../server/standards/astm/send.ts';
import type { Processor } from '../hl7/inbound/processor.ts';
import type { Journal } from '../hl7/journal.ts';
import { rejectUnknown } from '../hl7/inbound/rejectUnknown.ts';
import { sha256 } from '../hl7/rawBytes.ts';
import type { Senders } from '../hl7/senders.ts';
import { answerQuery } from './answerQuery.ts';

const FRAME_TIMEOUT_MS = 30_000;

export interface AstmParts {
  ctx: Context;
  journal: Journal;
  processor: Processor;
  senders: Senders;
}

/**
 * One analyzer on a line (serial over TCP). The whole message is stored before its last frame, the one with the L
 * record, is acknowledged: what was acknowledged is never lost.
 */
export class AstmConnection {
  private readonly socket: Socket;
  private readonly parts: AstmParts;
  private readonly decoder = new AstmDecoder();
  private readonly address: string;
  private state: ReceiveState = idle;
  private sending: SendState | undefined;
  private storedId: number | undefined;
  private storedBytes: Buffer | undefined;
  private timer: NodeJS.Timeout | undefined;
  private tail: Promise<void> = Promise.resolve();

  constructor(socket: Socket, parts: AstmParts) {
    this.socket = socket;
    this.parts = parts;
    this.address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on('data', (chunk) => {
      for (const signal of this.decoder.push(chunk)) this.inTurn(() => this.take(signal));
    });
    socket.on('error', () => undefined);
    socket.on('close', () => clearTimeout(this.timer));
  }

  settled(): Promise<void> {
    return this.tail;
  }

  private inTurn(work: () => Promise<void>): void {
    this.tail = this.tail.then(work).catch((err: unknown) => {
      // Not stored, so not acknowledged: the analyzer sends the frame again.
      this.parts.ctx.log.error({ err, address: this.address }, 'an ASTM transmission could not be taken');
      this.write(NAK);
    });
  }

  private async take(signal: AstmSignal): Promise<void> {
    if (this.sending && (this.sending.phase === 'asked' || this.sending.phase === 'sending'))
      return this.stepSending(signal);
    const before = this.state;
    const step = receive(this.state, signal);
    const complete =
      signal.kind === 'frame' &&
      step.state.parts.length > before.parts.length &&
      endsMessage(step.state.parts);
    if (complete) await this.store(Buffer.concat(step.state.parts));
    this.state = step.state;
    this.restartTimer(FRAME_TIMEOUT_MS, this.state.phase === 'receiving', () => this.expire());
    for (const action of step.actions) await this.act(action);
  }

  private async act(action: ReceiveAction): Promise<void> {
    if (action.do === 'send') return this.write(action.byte);
    if (action.do === 'discard')
      return this.parts.ctx.log.warn(
        { address: this.address, reason: action.reason },
        'an unfinished ASTM transmission was dropped',
      );
    const bytes = action.message;
    // A transmission without L record reaches the store here, at EOT.
    if (this.storedBytes === undefined || !this.storedBytes.equals(bytes)) await this.store(bytes);
    const id = this.storedId;
    this.storedId = undefined;
    this.storedBytes = undefined;
    if (id === undefined) return;
    await this.parts.processor
      .process(id)
      .catch((err: unknown) =>
        this.parts.ctx.log.warn({ err, hl7Message: id }, 'an ASTM transmission waits'),
      );
    await this.answerQueries(bytes);
  }

  private async store(bytes: Buffer): Promise<void> {
    let name: string;
    try {
      name = parseAstm(bytes).sender;
    } catch (error) {
      await rejectUnknown(this.parts, {
        bytes,
        address: this.address,
        problem: error instanceof Error ? error.message : 'unreadable',
        sender: '',
        fingerprint: undefined,
      });
      return;
    }
    const sender = await this.parts.senders.find(name, this.address, undefined);
    if (!sender.admitted) {
      await rejectUnknown(this.parts, {
        bytes,
        address: this.address,
        problem: `H-5: analyzer ${name} from ${this.address} is not admitted here`,
        sender: name,
        fingerprint: undefined,
      });
      return;
    }
    const fate = await this.parts.journal.store({
      deviceId: sender.deviceId,
      institutionId: sender.institutionId,
      sender: name,
      wire: 'astm',
      address: this.address,
      controlId: sha256(bytes).slice(0, 32),
      messageType: 'ASTM',
      triggerEvent: '',
      orderingKey: 'line',
      charset: '',
      warnings: [],
      bytes,
    });
    this.storedId = fate.id;
    this.storedBytes = bytes;
  }

  private async answerQueries(bytes: Buffer): Promise<void> {
    const message = parseAstm(bytes);
    const asked = readAstmQueries(message);
    if (asked.length === 0) return;
    const instrument = await findInstrument(this.parts.ctx.db, {
      protocol: 'astm',
      sender: message.sender,
      address: this.address,
    });
    if (!instrument) return;
    this.follow(beginSending(await answerQuery(this.parts.ctx, instrument, asked)));
  }

  private async stepSending(signal: AstmSignal): Promise<void> {
    if (!this.sending) return;
    this.follow(send(this.sending, signal));
    // In contention the analyzer speaks first: its ENQ is answered and our answer waits.
    if (signal.kind === 'enq' && this.sending.phase === 'idle') await this.take(signal);
  }

  private follow(step: { state: SendState; actions: SendAction[] }): void {
    this.sending = step.state;
    clearTimeout(this.timer);
    for (const action of step.actions) {
      if (action.do === 'enq') this.write(ENQ);
      else if (action.do === 'eot') this.write(EOT);
      else if (action.do === 'frame') this.socket.write(action.bytes);
      else
        setTimeout(
          () =>
            this.inTurn(async () => {
              if (this.sending?.phase === 'idle' && this.state.phase === 'idle' && this.socket.writable)
                this.follow(beginSending(this.sending.frames, this.sending.attempts));
            }),
          action.afterMs,
        ).unref();
    }
    if (step.state.phase === 'failed')
      this.parts.ctx.log.warn(
        { address: this.address, reason: step.state.reason },
        'the answer to a host query was not taken',
      );
    this.restartTimer(
      ANSWER_TIMEOUT_MS,
      step.state.phase === 'asked' || step.state.phase === 'sending',
      () => this.sending && this.follow(sendTimeout(this.sending)),
    );
  }

  private expire(): void {
    const step = receiveTimeout(this.state);
    this.state = step.state;
    for (const action of step.actions) this.inTurn(() => this.act(action));
  }

  private restartTimer(afterMs: number, wanted: boolean, work: () => void): void {
    clearTimeout(this.timer);
    if (wanted) this.timer = setTimeout(work, afterMs).unref();
  }

  private write(byte: number): void {
    if (this.socket.writable) this.socket.write(Buffer.from([byte]));
  }
}

/** True when the text so far ends with a terminator record; a long record cut just before an L does not. */
function endsMessage(parts: readonly Buffer[]): boolean {
  const tail = Buffer.concat(parts.slice(-3)).toString('latin1').trimEnd();
  return /[\r\n]L[^\r\n]*$/.test(tail) || (parts.length <= 3 && /^L[^\r\n]*$/.test(tail));
}
