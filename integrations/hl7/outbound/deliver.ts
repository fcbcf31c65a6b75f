import { sql } from 'kysely';
import type { Context } from '../../../server/core/context.ts';
import { announce } from '../../../server/core/events/announce.ts';
import { readAck } from '../../../server/standards/hl7v2/ack.ts';
import { parseMessage } from '../../../server/standards/hl7v2/parse.ts';
import type { Hl7Metrics } from '../metrics.ts';
import { rawKey, readRaw, sealRaw, sha256, INLINE_BYTES } from '../rawBytes.ts';
import { MllpClient, type Sending } from './client.ts';
import { destinationOf } from './destination.ts';
import { writeReportMessage } from './writeReportMessage.ts';

const MAX_ATTEMPTS = 10;
const BACKOFF_SECONDS = [2, 5, 15, 30, 60, 120, 300, 600, 1200, 1800];
const LEASE_SECONDS = 120;

interface Due {
  id: number;
  destination: string;
  attempts: number;
  payload: { signedReportId?: string; orderId?: string; messageId?: number };
}

/**
 * Sends what stands in the outbox for `hl7:` destinations: one line per destination, in order per order, destinations
 * beside each other. A message is written and stored before its first byte leaves. What was sent and not answered is
 * never resent by itself: it becomes ambiguous and a person decides.
 */
export function startDelivery(ctx: Context, metrics: Pick<Hl7Metrics, 'sent'>): { close(): Promise<void> } {
  const clients = new Map<string, { client: MllpClient; key: string }>();
  let closed = false;
  const loop = (async () => {
    while (!closed) {
      const worked = await deliverDue(ctx, metrics, clients).catch((err: unknown) => {
        ctx.log.warn({ err }, 'the HL7 outbox cannot be read');
        return 0;
      });
      if (worked === 0 && !closed) await ctx.bell.wait(1_000);
    }
  })();
  return {
    async close() {
      closed = true;
      ctx.bell.ring();
      await loop;
      for (const { client } of clients.values()) client.close();
    },
  };
}

/** One round: the oldest due message of each destination and order. The number tried. */
export async function deliverDue(
  ctx: Context,
  metrics: Pick<Hl7Metrics, 'sent'>,
  clients: Map<string, { client: MllpClient; key: string }>,
): Promise<number> {
  const { rows } = await sql<Due>`
    update outbox set locked_until = now() + make_interval(secs => ${LEASE_SECONDS})
    where id in (
      select distinct on (o.destination) o.id from outbox o
      where o.state = 'waiting' and o.destination like 'hl7:%' and o.next_at <= now() and (o.locked_until is null or o.locked_until < now())
        and not exists (select 1 from outbox e where e.destination = o.destination and e.ordering_key = o.ordering_key
          and e.state in ('waiting', 'ambiguous') and e.id < o.id)
      order by o.destination, o.id limit 16)
      and state = 'waiting' and (locked_until is null or locked_until < now())
    returning id, destination, attempts, payload`.execute(ctx.db);
  await Promise.all(rows.map((row) => deliverOne(ctx, metrics, clients, row)));
  return rows.length;
}

async function deliverOne(
  ctx: Context,
  metrics: Pick<Hl7Metrics, 'sent'>,
  clients: Map<string, { client: MllpClient; key: string }>,
  due: Due,
): Promise<void> {
  try {
    const endpoint = await ctx.db
      .selectFrom('hl7Endpoint as e')
      .innerJoin('institution as i', 'i.id', 'e.institutionId')
      .selectAll('e')
      .select('i.code as institutionCode')
      .where('i.code', '=', due.destination.slice(4))
      .where('e.active', '=', true)
      .executeTakeFirst();
    if (!endpoint) return await settle(ctx, due, 'dead', 'the institution has no active HL7 endpoint');
    const message = await storedMessage(ctx, due, endpoint);
    if (message.state === 'acknowledged') return await settle(ctx, due, 'sent', null);
    if (message.state === 'sent' && due.attempts > 0)
      return await settle(ctx, due, 'ambiguous', 'the hub stopped while waiting for the answer');
    const key = [
      endpoint.host,
      endpoint.port,
      endpoint.tls,
      endpoint.tlsFingerprint,
      endpoint.ackTimeoutSeconds,
    ].join(' ');
    let line = clients.get(due.destination);
    if (!line || line.key !== key) {
      line?.client.close();
      line = {
        key,
        client: new MllpClient(destinationOf(ctx, endpoint)),
      };
      clients.set(due.destination, line);
    }
    await ctx.db.transaction().execute(async (trx) => {
      await trx
        .updateTable('outbox')
        .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
        .where('id', '=', due.id)
        .execute();
      await trx
        .updateTable('hl7Message')
        .set((eb) => ({ state: 'sent', attempts: eb('attempts', '+', 1) }))
        .where('id', '=', message.id)
        .execute();
    });
    const sending = await line.client.send(message.bytes);
    await recordSending(ctx, metrics, due, message, sending);
  } catch (err) {
    ctx.log.warn({ err, outbox: due.id }, 'an HL7 message could not be sent');
    await settle(ctx, due, 'waiting', err instanceof Error ? err.message : String(err));
  }
}

async function recordSending(
  ctx: Context,
  metrics: Pick<Hl7Metrics, 'sent'>,
  due: Due,
  message: { id: number; controlId: string },
  sending: Sending,
): Promise<void> {
  if (sending.kind === 'unsent') {
    metrics.sent('unsent');
    await ctx.db
      .updateTable('hl7Message')
      .set({ state: 'waiting', problem: sending.reason })
      .where('id', '=', message.id)
      .execute();
    return settle(ctx, due, 'waiting', sending.reason);
  }
  if (sending.kind === 'ambiguous') {
    metrics.sent('ambiguous');
    await ctx.db
      .updateTable('hl7Message')
      .set({ state: 'ambiguous', problem: sending.reason })
      .where('id', '=', message.id)
      .execute();
    return settle(ctx, due, 'ambiguous', sending.reason);
  }
  const ack = readAck(parseMessage(sending.bytes));
  const ours = ack.controlId === message.controlId;
  const positive = ours && (ack.code === 'AA' || ack.code === 'CA');
  const refused = ours && (ack.code === 'AE' || ack.code === 'CE');
  metrics.sent(ours ? (ack.code ?? 'unreadable') : 'foreign');
  const problem = positive
    ? null
    : ours
      ? `${ack.code ?? 'no code'}: ${ack.text ?? ''}`
      : `the answer is for ${ack.controlId ?? 'nothing'}, not for ${message.controlId}`;
  await ctx.db
    .updateTable('hl7Message')
    .set({
      state: positive ? 'acknowledged' : refused ? 'dead' : ours ? 'waiting' : 'ambiguous',
      answer: sealRaw(rawKey(ctx), sending.bytes),
      answerCode: ack.code ?? null,
      problem,
      answeredAt: ctx.clock.now(),
    })
    .where('id', '=', message.id)
    .execute();
  // AE: the content is refused, sending it again does not help. AR: the peer could not take it now.
  await settle(ctx, due, positive ? 'sent' : refused ? 'dead' : ours ? 'waiting' : 'ambiguous', problem);
}

/** Where an outbox row goes. Too many attempts make it a dead letter; dead and ambiguous ones are announced. */
async function settle(
  ctx: Context,
  due: Due,
  wanted: 'sent' | 'waiting' | 'dead' | 'ambiguous',
  problem: string | null,
): Promise<void> {
  const attempts = due.attempts + 1;
  const state = wanted === 'waiting' && attempts >= MAX_ATTEMPTS ? 'dead' : wanted;
  const seconds = BACKOFF_SECONDS[Math.min(attempts - 1, BACKOFF_SECONDS.length - 1)] ?? 1800;
  await ctx.db.transaction().execute(async (trx) => {
    await trx
      .updateTable('outbox')
      .set({
        state,
        lockedUntil: null,
        lastError: problem,
        nextAt: sql`now() + make_interval(secs => ${seconds})`,
        sentAt: state === 'sent' ? ctx.clock.now() : null,
      })
      .where('id', '=', due.id)
      .execute();
    if (state === 'dead')
      await trx
        .updateTable('hl7Message')
        .set({ state: 'dead' })
        .where('outboxId', '=', due.id)
        .where('state', '<>', 'acknowledged')
        .execute();
    if (state === 'dead' || state === 'ambiguous')
      await announce(trx, {
        kind: 'hl7.stuck',
        data: { outboxId: due.id, destination: due.destination, state, problem },
      });
  });
}

/** The message of an outbox row: written and stored once, the same bytes at every attempt. */
async function storedMessage(
  ctx: Context,
  due: Due,
  endpoint: Parameters<typeof writeReportMessage>[1],
): Promise<{ id: number; controlId: string; bytes: Buffer; state: string }> {
  const known = await ctx.db
    .selectFrom('hl7Message')
    .select(['id', 'controlId', 'raw', 'objectAddress', 'state'])
    .where('outboxId', '=', due.id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (known)
    return { id: known.id, controlId: known.controlId, state: known.state, bytes: await readRaw(ctx, known) };
  const written = await writeReportMessage(ctx, endpoint, due.payload.signedReportId ?? '', `O${due.id}`);
  const large = written.bytes.length > INLINE_BYTES;
  const row = await ctx.db
    .insertInto('hl7Message')
    .values({
      direction: 'out',
      sender: endpoint.institutionCode,
      institutionId: endpoint.institutionId,
      address: `${endpoint.host}:${endpoint.port}`,
      controlId: `O${due.id}`,
      messageType: 'ORU',
      triggerEvent: 'R01',
      orderingKey: due.payload.orderId ?? '',
      charset: endpoint.charset,
      size: written.bytes.length,
      sha256: sha256(written.bytes),
      raw: large ? null : sealRaw(rawKey(ctx), written.bytes),
      objectAddress: large ? (await ctx.objects.put(written.bytes)).address : null,
      state: 'waiting',
      outboxId: due.id,
      orderIds: due.payload.orderId ? [due.payload.orderId] : [],
      accessionNumbers: [written.accessionNumber],
      placerNumbers: written.placerNumber ? [written.placerNumber] : [],
      patientId: written.patientId,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id: row.id, controlId: `O${due.id}`, bytes: written.bytes, state: 'waiting' };
}
