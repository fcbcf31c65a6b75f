import { machineActor } from '../../../server/core/access/actor.ts';
import type { Permission } from '../../../server/core/access/roles.ts';
import type { Context } from '../../../server/core/context.ts';
import type { Transaction } from '../../../server/core/database.ts';
import { buildAck, type AckCode } from '../../../server/standards/hl7v2/ack.ts';
import { contentError, Hl7ContentError } from '../../../server/standards/hl7v2/errors.ts';
import { parseMessage, text, type Hl7Message } from '../../../server/standards/hl7v2/parse.ts';
import { openRaw, rawKey, readRaw, sealRaw } from '../rawBytes.ts';
import { receiveAstmMessage } from '../../astm/receiveAstm.ts';
import { handlerOf } from './handlers.ts';
import type { Outcome } from './outcome.ts';
import { translateError } from './translate.ts';

/** What the connection knows already of the message it has just stored. */
export interface KnownMessage {
  deviceId: string;
  orderingKey: string;
  message: Hl7Message;
}

export interface Answer {
  code: string;
  bytes: Buffer;
}

/** What a machine that sends orders, patients and results may do at its institution. */
const VERBS: Permission[] = [
  'order.request',
  'order.read',
  'order.cancel',
  'input.upload',
  'patient.read',
  'bench.work',
];
const MAX_ATTEMPTS = 6;
const BESIDE = 4;

/**
 * Turns stored messages into acts. One message at a time per sender and patient; others run beside it. The act and
 * the mark "processed" are one transaction, so a crash leaves either both or neither.
 */
export class Processor {
  private readonly ctx: Context;
  private readonly chains = new Map<string, Promise<unknown>>();
  private closed = false;
  private loop: Promise<void> | undefined;

  constructor(ctx: Context) {
    this.ctx = ctx;
  }

  /** Processes a stored message unless that has happened, after earlier ones of the same key; gives its answer. */
  async process(id: number, known?: KnownMessage): Promise<Answer> {
    const head =
      known ??
      (await this.ctx.db
        .selectFrom('hl7Message')
        .select(['deviceId', 'orderingKey'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow());
    const key = head.orderingKey === '' ? `#${id}` : `${head.deviceId} ${head.orderingKey}`;
    return this.enqueue(key, () => this.processInTurn(id, head.deviceId, head.orderingKey, known?.message));
  }

  /** Same, when the caller knows the key and that nothing earlier can be waiting. */
  private enqueue<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.chains.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.then(
      () => undefined,
      () => undefined,
    );
    this.chains.set(key, settled);
    void settled.then(() => {
      if (this.chains.get(key) === settled) this.chains.delete(key);
    });
    return mine;
  }

  private async processInTurn(
    id: number,
    deviceId: string | null,
    orderingKey: string,
    parsed?: Hl7Message,
  ): Promise<Answer> {
    if (orderingKey !== '') {
      const earlier = await this.ctx.db
        .selectFrom('hl7Message')
        .select('id')
        .where('direction', '=', 'in')
        .where('state', '=', 'received')
        .where('deviceId', '=', deviceId)
        .where('orderingKey', '=', orderingKey)
        .where('id', '<', id)
        .orderBy('id')
        .execute();
      for (const row of earlier) await this.processOne(row.id);
    }
    return this.processOne(id, parsed);
  }

  private async processOne(id: number, parsed?: Hl7Message): Promise<Answer> {
    let message = parsed;
    try {
      return await this.ctx.db.transaction().execute(async (trx) => {
        const row = await lock(trx, id);
        if (row.state !== 'received') return storedAnswer(this.ctx, row);
        if (row.wire === 'astm') return this.processAstm(trx, row);
        message ??= parseMessage(await readRaw(this.ctx, row));
        const outcome = await this.dispatch(trx, row, message);
        return this.finish(trx, id, message, outcome);
      });
    } catch (error) {
      return this.refuse(id, message, error);
    }
  }

  private async dispatch(
    trx: Transaction,
    row: Awaited<ReturnType<typeof lock>>,
    message: Hl7Message,
  ): Promise<Outcome> {
    if (!row.institutionId || !row.deviceId)
      throw contentError('MSH', 3, `sender ${row.sender} is bound to no institution`, 'reject', 207);
    const handler = handlerOf(row.messageType, row.triggerEvent);
    if (!handler)
      throw contentError(
        'MSH',
        9,
        `message type ${row.messageType}^${row.triggerEvent} is not taken here`,
        'reject',
        row.triggerEvent ? 201 : 200,
      );
    const device = await trx
      .selectFrom('device')
      .select(['settings', 'kind'])
      .where('id', '=', row.deviceId)
      .executeTakeFirstOrThrow();
    const settings = (device.settings ?? {}) as Record<string, unknown>;
    const actor = {
      ...machineActor(row.sender, row.deviceId, row.institutionId, VERBS, row.address ?? undefined),
      requestId: `hl7-${row.id}`,
    };
    return handler(this.ctx, trx, actor, {
      id: row.id,
      deviceId: row.deviceId,
      institutionId: row.institutionId,
      sender: row.sender,
      quirks: { ...((settings['hl7'] ?? {}) as Record<string, unknown>), deviceKind: device.kind },
      message,
    });
  }

  /** A transmission of an analyzer: acknowledged frame by frame already, so there is no answer to keep. */
  private async processAstm(trx: Transaction, row: Awaited<ReturnType<typeof lock>>): Promise<Answer> {
    if (!row.institutionId || !row.deviceId)
      throw contentError('H', 5, `analyzer ${row.sender} is bound to no institution`, 'reject', 207);
    const actor = machineActor(row.sender, row.deviceId, row.institutionId, VERBS, row.address ?? undefined);
    const outcome = await receiveAstmMessage(this.ctx, trx, actor, row, await readRaw(this.ctx, row));
    await trx
      .updateTable('hl7Message')
      .set({
        state: outcome.state,
        problem: outcome.text ?? null,
        processedAt: this.ctx.clock.now(),
        orderIds: outcome.orderIds ?? [],
      })
      .where('id', '=', row.id)
      .execute();
    this.ctx.bell.ring();
    return { code: 'AA', bytes: Buffer.alloc(0) };
  }

  private async finish(trx: Transaction, id: number, message: Hl7Message, outcome: Outcome): Promise<Answer> {
    const now = this.ctx.clock.now();
    const bytes = buildAck(message, {
      code: 'AA',
      at: now,
      controlId: `H${id}`,
      text: outcome.text,
      ...(outcome.messageType && { messageType: outcome.messageType }),
      ...(outcome.body && { body: outcome.body }),
    });
    await trx
      .updateTable('hl7Message')
      .set({
        state: outcome.state,
        answer: sealRaw(rawKey(this.ctx), bytes),
        answerCode: 'AA',
        problem: outcome.state === 'held' ? (outcome.text ?? null) : null,
        processedAt: now,
        nextAt: null,
        orderIds: outcome.orderIds ?? [],
        accessionNumbers: outcome.accessionNumbers ?? [],
        placerNumbers: outcome.placerNumbers ?? [],
        patientId: outcome.patientId ?? null,
      })
      .where('id', '=', id)
      .execute();
    return { code: 'AA', bytes };
  }

  /** The act was rolled back: store the refusal, or leave the message to be tried again. */
  private async refuse(id: number, message: Hl7Message | undefined, error: unknown): Promise<Answer> {
    const translated = translateError(error);
    const now = this.ctx.clock.now();
    const row = await this.ctx.db
      .selectFrom('hl7Message')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    if (row.state !== 'received') return storedAnswer(this.ctx, row);
    const code: AckCode = translated.error.disposition === 'refuse' ? 'AE' : 'AR';
    const bytes =
      row.wire === 'astm'
        ? Buffer.alloc(0)
        : buildAck(message ?? parseMessage(await readRaw(this.ctx, row)), {
            code,
            at: now,
            controlId: `H${id}`,
            error: translated.error,
          });
    if (!translated.final)
      this.ctx.log.warn({ err: translated.cause, hl7Message: id }, 'an HL7 message could not be processed');
    const givenUp = !translated.final && row.attempts + 1 >= MAX_ATTEMPTS;
    const final = translated.final || givenUp;
    await this.ctx.db
      .updateTable('hl7Message')
      .set({
        state: translated.final ? 'refused' : givenUp ? 'failed' : 'received',
        attempts: row.attempts + 1,
        problem: translated.final ? translated.error.message : describe(translated.cause),
        ...(final
          ? { answer: sealRaw(rawKey(this.ctx), bytes), answerCode: code, processedAt: now, nextAt: null }
          : { nextAt: new Date(now.getTime() + 1000 * 2 ** row.attempts) }),
      })
      .where('id', '=', id)
      .where('state', '=', 'received')
      .execute();
    return { code, bytes };
  }

  /** Keeps taking what was stored but not processed: enhanced mode, crashes, and retries. */
  start(): void {
    this.loop = (async () => {
      while (!this.closed) {
        const worked = await this.drain().catch((err: unknown) => {
          this.ctx.log.warn({ err }, 'the HL7 queue cannot be read');
          return 0;
        });
        if (worked === 0 && !this.closed) await this.ctx.bell.wait(500);
      }
    })();
  }

  /** Processes the oldest waiting message of each key; the number of messages worked on. */
  async drain(limit = 32): Promise<number> {
    const heads = await this.ctx.db
      .selectFrom('hl7Message as m')
      .select(['m.id'])
      .where('m.direction', '=', 'in')
      .where('m.state', '=', 'received')
      .where((eb) => eb.or([eb('m.nextAt', 'is', null), eb('m.nextAt', '<=', this.ctx.clock.now())]))
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('hl7Message as e')
              .select('e.id')
              .whereRef('e.deviceId', '=', 'm.deviceId')
              .whereRef('e.orderingKey', '=', 'm.orderingKey')
              .where('m.orderingKey', '<>', '')
              .where('e.direction', '=', 'in')
              .where('e.state', '=', 'received')
              .whereRef('e.id', '<', 'm.id'),
          ),
        ),
      )
      .orderBy('m.id')
      .limit(limit)
      .execute();
    // A few at a time: those who wait for an answer on the line come first.
    for (let at = 0; at < heads.length; at += BESIDE)
      await Promise.all(
        heads
          .slice(at, at + BESIDE)
          .map((row) =>
            this.process(row.id).catch((err: unknown) =>
              this.ctx.log.warn({ err, hl7Message: row.id }, 'an HL7 message waits'),
            ),
          ),
      );
    return heads.length;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.ctx.bell.ring();
    await this.loop;
    await Promise.all(this.chains.values());
  }
}

function lock(trx: Transaction, id: number) {
  return trx
    .selectFrom('hl7Message')
    .select([
      'id',
      'state',
      'deviceId',
      'institutionId',
      'sender',
      'address',
      'messageType',
      'triggerEvent',
      'wire',
      'raw',
      'objectAddress',
      'answer',
      'answerCode',
    ])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

function storedAnswer(
  ctx: Pick<Context, 'keys'>,
  row: { wire: string; answer: Buffer | null; answerCode: string | null },
): Answer {
  if (!row.answer)
    throw new Hl7ContentError('MSH', 10, 'the message is being looked at by a person', 'reject', 207);
  return { code: row.answerCode ?? 'AA', bytes: openRaw(rawKey(ctx), row.answer) };
}

function describe(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).slice(0, 2000);
}

/** Whether MSA-1 says that the message was taken. */
export const isPositive = (code: string): boolean => code === 'AA' || code === 'CA';
export { text };
