import { machineActor, type Actor } from '../../../server/core/access/actor.ts';
import type { Permission } from '../../../server/core/access/roles.ts';
import type { Context } from '../../../server/core/context.ts';
import type { Queryable, Transaction } from '../../../server/core/database.ts';
import { notFound } from '../../../server/core/errors.ts';
import { preparedDatabase } from '../../../server/core/preparedDatabase.ts';
import { hasPlatforms, type PlatformAnswer } from '../../../server/core/recognition/platform/askPlatforms.ts';
import { buildAck, type AckCode } from '../../../server/standards/hl7v2/ack.ts';
import { contentError, Hl7ContentError } from '../../../server/standards/hl7v2/errors.ts';
import { parseMessage, type Hl7Message, type OpenedMessage } from '../../../server/standards/hl7v2/parse.ts';
import { openRaw, rawKey, readRaw, sealRaw } from '../rawBytes.ts';
import { receiveAstmMessage } from '../../astm/receiveAstm.ts';
import { askBeforehand } from './askBeforehand.ts';
import { handlerOf } from './handlers.ts';
import type { Outcome } from './outcome.ts';
import { translateError } from './translate.ts';

/** What the connection knows already of the message it has just stored. */
export interface KnownMessage {
  deviceId: string;
  orderingKey: string;
  /** The message, read as far as somebody asked for. */
  opened: OpenedMessage;
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

/**
 * Turns stored messages into acts. One message at a time per sender and patient; others run beside it. The act and
 * the mark "processed" are one transaction, so a crash leaves either both or neither.
 */
export class Processor {
  private readonly ctx: Context;
  private readonly chains = new Map<string, Promise<unknown>>();

  constructor(ctx: Context) {
    // The same thirty statements a message: planned once, not each time.
    this.ctx = { ...ctx, db: preparedDatabase(ctx.pool) };
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
    return this.enqueue(key, () => this.processInTurn(id, head.deviceId, head.orderingKey, known?.opened));
  }

  /**
   * Takes the head of a key off the queue. `taken`: it is in other hands, here or in another process; `waits`: it
   * could not be processed now.
   */
  async take(id: number, key: string): Promise<'done' | 'taken' | 'waits'> {
    if (this.chains.has(key)) return 'taken';
    return this.enqueue(key, async () => {
      const result = await this.processOne(id, { skipLocked: true });
      return result === undefined ? 'taken' : result.waits ? 'waits' : 'done';
    });
  }

  /** One after the other for each key. */
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
    opened?: OpenedMessage,
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
    const result = await this.processOne(id, { opened });
    if (!result) throw new Error('a message waited for is always processed');
    return result.answer;
  }

  /** Undefined only with `skipLocked`: somebody else has the message in hand. */
  private async processOne(
    id: number,
    options: { opened?: OpenedMessage | undefined; skipLocked?: boolean } = {},
  ): Promise<{ answer: Answer; waits: boolean } | undefined> {
    let message: Hl7Message | undefined;
    try {
      const elsewhere = await this.askBeforehand(id, options.opened);
      const answer = await this.ctx.db.transaction().execute(async (trx) => {
        const row = await lock(trx, id, options.skipLocked === true);
        if (!row) return undefined;
        if (row.state !== 'received') return storedAnswer(this.ctx, row);
        if (row.wire === 'astm') return this.processAstm(trx, row);
        message = options.opened?.whole() ?? parseMessage(await readRaw(this.ctx, row));
        const outcome = await this.dispatch(trx, row, message, elsewhere);
        return this.finish(trx, id, message, outcome);
      });
      return answer && { answer, waits: false };
    } catch (error) {
      return this.refuse(id, message, error);
    }
  }

  /** Other platforms are asked while no transaction is open. */
  private async askBeforehand(
    id: number,
    opened: OpenedMessage | undefined,
  ): Promise<PlatformAnswer | undefined> {
    if (!(await hasPlatforms(this.ctx))) return undefined;
    const row = await readStored(this.ctx.db, id).executeTakeFirst();
    if (!row?.institutionId || !row.deviceId || row.state !== 'received' || row.wire === 'astm')
      return undefined;
    const message = opened?.whole() ?? parseMessage(await readRaw(this.ctx, row));
    const actor = { ...senderOf(row, row.deviceId, row.institutionId), institutionId: row.institutionId };
    return askBeforehand(this.ctx, actor, { sender: row.sender, message });
  }

  private async dispatch(
    trx: Transaction,
    row: Stored,
    message: Hl7Message,
    elsewhere: PlatformAnswer | undefined,
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
    const settings = (row.settings ?? {}) as Record<string, unknown>;
    const actor = senderOf(row, row.deviceId, row.institutionId);
    return handler(this.ctx, trx, actor, {
      id: row.id,
      deviceId: row.deviceId,
      institutionId: row.institutionId,
      sender: row.sender,
      quirks: { ...((settings['hl7'] ?? {}) as Record<string, unknown>), deviceKind: row.deviceKind },
      message,
      elsewhere,
    });
  }

  /** A transmission of an analyzer: acknowledged frame by frame already, so there is no answer to keep. */
  private async processAstm(trx: Transaction, row: Stored): Promise<Answer> {
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
  private async refuse(
    id: number,
    message: Hl7Message | undefined,
    error: unknown,
  ): Promise<{ answer: Answer; waits: boolean }> {
    const translated = translateError(error);
    const now = this.ctx.clock.now();
    const row = await this.ctx.db
      .selectFrom('hl7Message')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    if (row.state !== 'received') return { answer: storedAnswer(this.ctx, row), waits: false };
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
    return { answer: { code, bytes }, waits: !final };
  }

  /** Everything that was begun has ended. */
  async close(): Promise<void> {
    await Promise.all(this.chains.values());
  }
}

type Stored = NonNullable<Awaited<ReturnType<typeof lock>>>;

/** Who acts when a message of this sender is processed. */
const senderOf = (
  row: { id: number; sender: string; address: string | null },
  deviceId: string,
  institutionId: string,
): Actor => ({
  ...machineActor(row.sender, deviceId, institutionId, VERBS, row.address ?? undefined),
  requestId: `hl7-${row.id}`,
});

const readStored = (db: Queryable, id: number) =>
  db
    .selectFrom('hl7Message as m')
    .leftJoin('device as d', 'd.id', 'm.deviceId')
    .select([
      'm.id',
      'm.state',
      'm.deviceId',
      'm.institutionId',
      'm.sender',
      'm.address',
      'm.messageType',
      'm.triggerEvent',
      'm.wire',
      'm.raw',
      'm.objectAddress',
      'm.answer',
      'm.answerCode',
      'd.settings',
      'd.kind as deviceKind',
    ])
    .where('m.id', '=', id);

async function lock(trx: Transaction, id: number, skipLocked: boolean) {
  const row = await readStored(trx, id)
    .forUpdate('m')
    .$if(skipLocked, (qb) => qb.skipLocked())
    .executeTakeFirst();
  if (!row && !skipLocked) throw notFound('message', String(id));
  return row;
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
