import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Context } from '../../server/core/context.ts';
import { ackMode, buildAck, buildBareReject, wantsAck } from '../../server/standards/hl7v2/ack.ts';
import { contentError, Hl7ContentError } from '../../server/standards/hl7v2/errors.ts';
import { frameMessage, MllpDecoder, type MllpEvent } from '../../server/standards/hl7v2/frame.ts';
import { openMessage, type Hl7Message, type OpenedMessage } from '../../server/standards/hl7v2/parse.ts';
import { handlerOf } from './inbound/handlers.ts';
import { readHeader, type Header } from './inbound/header.ts';
import type { Answer, KnownMessage, Processor } from './inbound/processor.ts';
import type { Journal } from './journal.ts';
import type { Hl7Metrics } from './metrics.ts';
import { rejectUnknown } from './inbound/rejectUnknown.ts';
import type { Sender, Senders } from './senders.ts';

export interface ConnectionParts {
  ctx: Context;
  journal: Journal;
  processor: Processor;
  senders: Senders;
  metrics: Hl7Metrics;
  /** Says that something stands in the queue. */
  nudge(): void;
}

const MAX_WAITING = 64;

/**
 * One MLLP connection: blocks in, answers out in the same order. Bytes are stored before anything is answered;
 * storing runs ahead of processing, so a sender that does not wait for answers is not slowed by them.
 */
export class MllpConnection {
  private readonly socket: Socket;
  private readonly parts: ConnectionParts;
  private readonly decoder = new MllpDecoder();
  private readonly address: string;
  private readonly fingerprint: string | undefined;
  private tail: Promise<void> = Promise.resolve();
  private waiting = 0;

  constructor(socket: Socket, parts: ConnectionParts) {
    this.socket = socket;
    this.parts = parts;
    this.address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    this.fingerprint =
      'getPeerCertificate' in socket ? (socket as TLSSocket).getPeerCertificate().fingerprint256 : undefined;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on('data', (chunk) => this.take(this.decoder.push(chunk)));
    socket.on('end', () => this.take(this.decoder.end()));
    socket.on('error', () => undefined);
    socket.on('close', () => this.decoder.end());
  }

  /** Resolves when everything that arrived has been answered. */
  settled(): Promise<void> {
    return this.tail;
  }

  private take(events: MllpEvent[]): void {
    for (const event of events) {
      if (event.kind !== 'frame') {
        this.parts.metrics.badBlock(event.kind);
        this.parts.ctx.log.warn(
          { kind: event.kind, address: this.address },
          'bytes that are no MLLP block were left out',
        );
        if (event.kind === 'oversize')
          this.reply(
            Promise.resolve(
              buildBareReject(
                new Uint8Array(),
                'the message is larger than the hub takes',
                this.now(),
                this.controlId(),
              ),
            ),
          );
        continue;
      }
      this.reply(this.handle(event.bytes));
    }
  }

  /** Sends answers in the order in which the messages came. */
  private reply(work: Promise<Buffer | undefined>): void {
    if (++this.waiting >= MAX_WAITING) this.socket.pause();
    work.catch(() => undefined); // looked at below, in turn
    this.tail = this.tail.then(async () => {
      try {
        const answer = await work;
        if (answer && this.socket.writable) this.socket.write(frameMessage(answer));
      } catch (err) {
        // Not stored, so not answered: the sender tries again.
        this.parts.ctx.log.error({ err, address: this.address }, 'an HL7 message could not be stored');
        this.socket.destroy();
      } finally {
        if (--this.waiting < MAX_WAITING / 2) this.socket.resume();
      }
    });
  }

  private async handle(bytes: Buffer): Promise<Buffer | undefined> {
    const started = performance.now();
    const { metrics } = this.parts;
    metrics.received();
    let opened: OpenedMessage;
    let header: Header;
    try {
      opened = openMessage(bytes);
      header = readHeader(opened.head);
    } catch (error) {
      if (!(error instanceof Hl7ContentError)) throw error;
      await rejectUnknown(this.parts, {
        bytes,
        address: this.address,
        problem: error.message,
        sender: '|',
        fingerprint: this.fingerprint,
      });
      metrics.answered('AR', performance.now() - started);
      return buildBareReject(bytes, error.message, this.now(), this.controlId());
    }
    const sender = await this.parts.senders.find(header.sender, this.address, this.fingerprint);
    const answer = sender.admitted
      ? await this.admit(bytes, opened, header, sender)
      : await this.turnAway(bytes, opened.head, header);
    metrics.answered(answer?.code ?? 'none', performance.now() - started);
    return answer?.bytes;
  }

  private async admit(
    bytes: Buffer,
    opened: OpenedMessage,
    header: Header,
    sender: Sender,
  ): Promise<Answer | undefined> {
    const message = opened.head;
    const fate = await this.parts.journal.store({
      deviceId: sender.deviceId,
      institutionId: sender.institutionId,
      wire: 'mllp',
      address: this.address,
      charset: message.charset,
      warnings: message.warnings,
      bytes,
      ...header,
    });
    const known = { deviceId: sender.deviceId, orderingKey: header.orderingKey, opened };
    const mode = ackMode(message.header);
    if (fate.kind === 'conflict') {
      this.parts.metrics.conflict();
      const error = contentError(
        'MSH',
        10,
        `control id ${header.controlId} was used for another message`,
        'reject',
        205,
      );
      return {
        code: 'AR',
        bytes: buildAck(message, {
          code: mode.mode === 'original' ? 'AR' : 'CR',
          at: this.now(),
          controlId: this.controlId(),
          error,
        }),
      };
    }
    if (fate.kind === 'known') this.parts.metrics.replayed();
    if (mode.mode === 'enhanced' && !handlerOf(header.messageType, header.triggerEvent)) {
      // A type that is never processed is refused at the commit already, so that the sender hears of it.
      const { bytes: answer } = await this.parts.processor.process(fate.id, known);
      return {
        code: 'CR',
        bytes: Buffer.from(answer.toString('latin1').replace('\rMSA|AR|', '\rMSA|CR|'), 'latin1'),
      };
    }
    if (mode.mode === 'original') {
      if (fate.kind === 'known' && fate.answer) return { code: fate.answerCode ?? 'AA', bytes: fate.answer };
      return this.parts.processor.process(fate.id, known);
    }
    // Enhanced: the commit acknowledgement says only that the hub has it. The application answer follows by itself.
    this.applicationAnswer(fate.id, known, mode.application);
    if (!wantsAck(mode.accept, true)) return undefined;
    return { code: 'CA', bytes: buildAck(message, { code: 'CA', at: this.now(), controlId: `C${fate.id}` }) };
  }

  private applicationAnswer(id: number, known: KnownMessage, asked: Parameters<typeof wantsAck>[0]): void {
    if (asked === 'NE') return this.parts.nudge();
    void this.parts.processor
      .process(id, known)
      .then((answer) => {
        const positive = answer.code === 'AA';
        if (wantsAck(asked, positive) && this.socket.writable) this.socket.write(frameMessage(answer.bytes));
      })
      .catch((err: unknown) => this.parts.ctx.log.warn({ err, hl7Message: id }, 'no application answer yet'));
  }

  private async turnAway(bytes: Buffer, message: Hl7Message, header: Header): Promise<Answer> {
    const error = contentError(
      'MSH',
      3,
      `sender ${header.sender} from ${this.address} is not admitted here`,
      'reject',
      207,
    );
    await rejectUnknown(this.parts, {
      bytes,
      address: this.address,
      problem: error.message,
      sender: header.sender,
      header,
      fingerprint: this.fingerprint,
    });
    return {
      code: 'AR',
      bytes: buildAck(message, { code: 'AR', at: this.now(), controlId: this.controlId(), error }),
    };
  }

  private now(): Date {
    return this.parts.ctx.clock.now();
  }

  private controlId(): string {
    return randomUUID().replace(/-/g, '').slice(0, 20);
  }
}
