import pg from 'pg';
import type { Context } from '../../server/core/context.ts';
import { INLINE_BYTES, openRaw, rawKey, sealRaw, sha256 } from './rawBytes.ts';

/** One received message, before anything was understood beyond its header. */
export interface Arrival {
  deviceId: string;
  institutionId: string | null;
  sender: string;
  wire: 'mllp' | 'astm';
  address: string;
  controlId: string;
  messageType: string;
  triggerEvent: string;
  orderingKey: string;
  charset: string;
  warnings: string[];
  bytes: Buffer;
}

/**
 * What became of it:
 * - `new`: stored now, to be processed. `known`: the same bytes came before; `answer` is what was said then, absent
 *   while it is still being processed. `conflict`: another message used this control id; kept and flagged.
 */
export type Fate =
  | { kind: 'new'; id: number }
  | { kind: 'known'; id: number; state: string; answer: Buffer | undefined; answerCode: string | undefined }
  | { kind: 'conflict'; id: number };

interface Waiting {
  arrival: Arrival;
  hash: string;
  sealed: Buffer | null;
  objectAddress: string | null;
  settle(fate: Fate): void;
  fail(error: unknown): void;
}

const MAX_BATCH = 64;
const MAX_FLUSHES = 2;

const INSERT = `
with arrived as (
  select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::int[], $12::text[], $13::bytea[], $14::text[], $15::text[])
    with ordinality as t (device_id, institution_id, sender, wire, address, control_id, message_type, trigger_event, ordering_key,
      charset, size, sha256, raw, object_address, warnings, position)
), stored as (
  insert into hl7_message (direction, state, device_id, institution_id, sender, wire, address, control_id, message_type,
    trigger_event, ordering_key, charset, size, sha256, raw, object_address, warnings)
  select 'in', 'received', device_id, institution_id, sender, wire, address, control_id, message_type, trigger_event, ordering_key,
    charset, size, sha256, raw, object_address, string_to_array(warnings, E'\\x1f') from arrived order by position
  on conflict (device_id, control_id) where direction = 'in' and state not in ('conflict', 'rejected') do nothing
  returning id, device_id, control_id
)
select a.position::int as position, s.id from arrived a left join stored s using (device_id, control_id)`;

/**
 * Stores arrivals durably: a promise of {@link Journal.store} settles after the commit. While one write is on its
 * way, others gather and go together, so that many connections share a sync; nothing ever waits for a timer.
 */
export class Journal {
  private readonly ctx: Pick<Context, 'keys' | 'objects'> & { pool: pg.Pool };
  private waiting: Waiting[] = [];
  private flushes = 0;

  constructor(ctx: Pick<Context, 'pool' | 'keys' | 'objects'>) {
    // Lines of its own: what is being processed must not hold up what is being received.
    // Kept open: a message must not wait for a connection to be made on a busy machine.
    const pool = new pg.Pool({ ...ctx.pool.options, max: MAX_FLUSHES + 1, idleTimeoutMillis: 0 });
    pool.on('error', () => undefined);
    this.ctx = { keys: ctx.keys, objects: ctx.objects, pool };
  }

  /** True while something received is not committed yet. */
  arriving(): boolean {
    return this.flushes > 0 || this.waiting.length > 0;
  }

  close(): Promise<void> {
    return this.ctx.pool.end();
  }

  async store(arrival: Arrival): Promise<Fate> {
    const hash = sha256(arrival.bytes);
    const large = arrival.bytes.length > INLINE_BYTES;
    const objectAddress = large ? (await this.ctx.objects.put(arrival.bytes)).address : null;
    const sealed = large ? null : sealRaw(rawKey(this.ctx), arrival.bytes);
    return new Promise((settle, fail) => {
      this.waiting.push({ arrival, hash, sealed, objectAddress, settle, fail });
      this.flush();
    });
  }

  private flush(): void {
    if (this.flushes >= MAX_FLUSHES || this.waiting.length === 0) return;
    const batch = this.takeBatch();
    this.flushes++;
    this.write(batch)
      .catch((error: unknown) => batch.forEach((one) => one.fail(error)))
      .finally(() => {
        this.flushes--;
        this.flush();
      });
  }

  /** One control id at most once in a batch; a twin waits for the next and is then known. */
  private takeBatch(): Waiting[] {
    const seen = new Set<string>();
    const batch: Waiting[] = [];
    const rest: Waiting[] = [];
    for (const one of this.waiting) {
      const key = `${one.arrival.deviceId} ${one.arrival.controlId}`;
      if (batch.length < MAX_BATCH && !seen.has(key)) {
        seen.add(key);
        batch.push(one);
      } else rest.push(one);
    }
    this.waiting = rest;
    return batch;
  }

  private async write(batch: Waiting[]): Promise<void> {
    const column = <T>(read: (one: Waiting) => T) => batch.map(read);
    const { rows } = await this.ctx.pool.query<{ position: number; id: string | number | null }>({
      name: 'hl7-journal',
      text: INSERT,
      values: [
        column((w) => w.arrival.deviceId),
        column((w) => w.arrival.institutionId),
        column((w) => w.arrival.sender),
        column((w) => w.arrival.wire),
        column((w) => w.arrival.address),
        column((w) => w.arrival.controlId),
        column((w) => w.arrival.messageType),
        column((w) => w.arrival.triggerEvent),
        column((w) => w.arrival.orderingKey),
        column((w) => w.arrival.charset),
        column((w) => w.arrival.bytes.length),
        column((w) => w.hash),
        column((w) => w.sealed),
        column((w) => w.objectAddress),
        column((w) => (w.arrival.warnings.length > 0 ? w.arrival.warnings.join('\x1f') : null)).map(
          (one) => one ?? '',
        ),
      ],
    });
    for (const row of rows) {
      const one = batch[row.position - 1];
      if (!one) continue;
      if (row.id !== null) one.settle({ kind: 'new', id: Number(row.id) });
      else await this.recall(one).then(one.settle, one.fail);
    }
  }

  /** The control id is taken: the same message again, or another one under its number. */
  private async recall(one: Waiting): Promise<Fate> {
    const { arrival, hash } = one;
    const { rows } = await this.ctx.pool.query<{
      id: number;
      state: string;
      answer: Buffer | null;
      answer_code: string | null;
      sha256: string;
    }>({
      name: 'hl7-recall',
      text: `select id, state, answer, answer_code, sha256 from hl7_message where direction = 'in' and device_id = $1 and control_id = $2
        and state <> 'rejected' order by (sha256 = $3) desc, id limit 1`,
      values: [arrival.deviceId, arrival.controlId, hash],
    });
    const row = rows[0];
    if (!row) throw new Error('the message stood in the way of its own insert and is gone; send it again');
    if (row.sha256 === hash) {
      await this.ctx.pool.query('update hl7_message set replays = replays + 1 where id = $1', [row.id]);
      if (row.state === 'conflict') return { kind: 'conflict', id: row.id };
      return {
        kind: 'known',
        id: row.id,
        state: row.state,
        answer: row.answer ? openRaw(rawKey(this.ctx), row.answer) : undefined,
        answerCode: row.answer_code ?? undefined,
      };
    }
    return {
      kind: 'conflict',
      id: await storeRefused(
        this.ctx,
        one,
        hash,
        'conflict',
        `MSH-10: control id ${arrival.controlId} was used for another message (${row.id})`,
      ),
    };
  }
}

async function storeRefused(
  ctx: Pick<Context, 'pool'>,
  one: Waiting,
  hash: string,
  state: string,
  problem: string,
): Promise<number> {
  const { arrival } = one;
  const { rows } = await ctx.pool.query<{ id: number }>(
    `insert into hl7_message (direction, state, device_id, institution_id, sender, wire, address, control_id, message_type, trigger_event,
      ordering_key, charset, size, sha256, raw, object_address, problem, answer_code, processed_at)
     values ('in', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'AR', now()) returning id`,
    [
      state,
      arrival.deviceId,
      arrival.institutionId,
      arrival.sender,
      arrival.wire,
      arrival.address,
      arrival.controlId,
      arrival.messageType,
      arrival.triggerEvent,
      arrival.orderingKey,
      arrival.charset,
      arrival.bytes.length,
      hash,
      one.sealed,
      one.objectAddress,
      problem,
    ],
  );
  return rows[0]?.id ?? 0;
}
