import type { Context } from '../../../server/core/context.ts';
import type { Processor } from './processor.ts';

/** Stored messages looked at in one round, and how many keys are worked on beside each other. */
const WINDOW = 500;
const BESIDE = 4;
/** While messages arrive, each step of the queue gives way to them for so long at most: it slows, it never stops. */
const GIVE_WAY_MS = 40;
const IDLE_MS = 500;
/** Every act rings the bell; a pass that found nothing to do is not repeated more often than this. */
const REST_MS = 50;

export interface QueueOptions {
  /** True while received messages wait for their commit in this process. */
  arriving?(): boolean;
  /** How long a step gives way to them; longer where another process works the queue off too. */
  giveWayMs?: number;
}

/**
 * Works off what was stored and not processed: enhanced mode, crashes, retries. Receiving comes first: a burst is
 * acknowledged at the speed of the disk and worked off behind it. Any number of processes may run one; a message is
 * taken by one of them, and messages of one sender and patient in the order in which they came.
 */
export class MessageQueue {
  private readonly ctx: Pick<Context, 'db' | 'clock' | 'log' | 'bell'>;
  private readonly processor: Processor;
  private readonly arriving: () => boolean;
  private readonly giveWayMs: number;
  private closed = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    ctx: Pick<Context, 'db' | 'clock' | 'log' | 'bell'>,
    processor: Processor,
    options: QueueOptions = {},
  ) {
    this.ctx = ctx;
    this.processor = processor;
    this.arriving = options.arriving ?? (() => false);
    this.giveWayMs = options.giveWayMs ?? GIVE_WAY_MS;
  }

  start(): void {
    this.loop = (async () => {
      while (!this.closed) {
        const worked = await this.drain().catch((err: unknown) => {
          this.ctx.log.warn({ err }, 'the HL7 queue cannot be read');
          return 0;
        });
        if (worked > 0 || this.closed) continue;
        await this.ctx.bell.wait(IDLE_MS);
        if (!this.closed) await new Promise((resolve) => setTimeout(resolve, REST_MS));
      }
    })();
  }

  /** One pass over what waits; the number of messages worked on. */
  async drain(): Promise<number> {
    const blocked = new Set<string>();
    for (let after = 0; !this.closed;) {
      const rows = await this.waiting(after);
      const worked = await this.work(rows, blocked);
      const last = rows.at(-1);
      if (worked > 0 || !last || rows.length < WINDOW) return worked;
      // All of these wait for their next attempt: others stand behind them.
      after = last.id;
    }
    return 0;
  }

  private waiting(after: number) {
    return this.ctx.db
      .selectFrom('hl7Message')
      .select(['id', 'deviceId', 'orderingKey', 'nextAt'])
      .where('direction', '=', 'in')
      .where('state', '=', 'received')
      .where('id', '>', after)
      .orderBy('id')
      .limit(WINDOW)
      .execute();
  }

  /** Rows come oldest first, so the first of a key is its head; a head that has to wait holds what is behind it. */
  private async work(
    rows: Awaited<ReturnType<MessageQueue['waiting']>>,
    blocked: Set<string>,
  ): Promise<number> {
    const now = this.ctx.clock.now();
    const keys = new Map<string, number[]>();
    for (const row of rows) {
      const key = row.orderingKey === '' ? `#${row.id}` : `${row.deviceId} ${row.orderingKey}`;
      if (row.nextAt && row.nextAt > now) blocked.add(key);
      if (blocked.has(key)) continue;
      const line = keys.get(key);
      if (line) line.push(row.id);
      else keys.set(key, [row.id]);
    }
    const lines = [...keys].values();
    let worked = 0;
    const one = async () => {
      for (const [key, ids] of lines)
        for (const id of ids) {
          if (this.closed) return;
          await this.giveWay();
          const fate = await this.processor.take(id, key).catch((err: unknown) => {
            this.ctx.log.warn({ err, hl7Message: id }, 'an HL7 message waits');
            return 'waits' as const;
          });
          if (fate === 'done') worked++;
          else break;
        }
    };
    await Promise.all(Array.from({ length: BESIDE }, one));
    return worked;
  }

  private async giveWay(): Promise<void> {
    for (const until = performance.now() + this.giveWayMs; this.arriving() && performance.now() < until;)
      await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async close(): Promise<void> {
    this.closed = true;
    this.ctx.bell.ring();
    await this.loop;
  }
}
