import type { Router } from 'express';
import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { IDLE_MINUTES } from '../access/identify.ts';
import { CENTER_ROLES, COUNTY_WIDE, PERMISSIONS } from '../access/roles.ts';
import type { Context } from '../context.ts';
import { endpoint } from '../http.ts';
import { readStream, type StreamRow } from './bell.ts';

const REPLAY_LIMIT = 1_000;
const BEAT_MS = 15_000;

/** `GET /api/events`: what the signed-in person may see, as server-sent events with replay from Last-Event-ID. */
export function eventRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/events',
      summary: 'Live events (server-sent)',
      access: 'signed-in',
      answerMedia: ['text/event-stream'],
    },
    async ({ actor, req, res }) => {
      // Heard from before the answer begins: what happens while the past is read waits in line behind it.
      let waiting: StreamRow[] | undefined = [];
      const { ready, stop } = ctx.bell.subscribe((row) => (waiting ? void waiting.push(row) : send(row)));
      req.on('close', stop);
      await ready;
      res.writeHead(200, {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        Connection: 'keep-alive',
        'X-Accel-Buffering': 'no',
      });
      res.write(`retry: 2000\n\n`);
      let sent: StreamRow | undefined;
      const send = (row: StreamRow) => {
        if (sent && !isLater(row, sent)) return;
        sent = row;
        if (!mayHear(actor, row)) return;
        if (res.writableLength > 1_000_000) return void res.destroy(); // a browser that does not read reconnects later
        res.write(
          `id: ${row.xid}-${row.seq}\nevent: ${row.kind}\ndata: ${JSON.stringify({ orderId: row.orderId, center: row.centerKind, at: row.at, ...row.data })}\n\n`,
        );
      };
      const past = await readPast(ctx, req.header('last-event-id'));
      if (past === 'too-old') res.write(`event: reset\ndata: {}\n\n`);
      else past.forEach(send);
      waiting.forEach(send);
      waiting = undefined;
      const beat = setInterval(() => {
        stillOpen(ctx, actor)
          .then((open) => (open ? void res.write(`: beat\n\n`) : void res.end()))
          .catch(() => res.end());
      }, BEAT_MS);
      req.on('close', () => clearInterval(beat));
      if (req.destroyed) clearInterval(beat);
      return undefined as never;
    },
  );
}

const isLater = (a: StreamRow, b: StreamRow): boolean =>
  a.xid === b.xid ? a.seq > b.seq : BigInt(a.xid) > BigInt(b.xid);

/** A session that was closed, idled out or whose person was shut out hears nothing more, nor does a token that has ended. */
async function stillOpen(ctx: Context, actor: Actor): Promise<boolean> {
  if (!actor.sessionId) {
    const token = await ctx.db
      .selectFrom('apiToken')
      .select('id')
      .where('id', '=', actor.id)
      .where('revokedAt', 'is', null)
      .where('expiresAt', '>', ctx.clock.now())
      .executeTakeFirst();
    return token !== undefined;
  }
  const session = await ctx.db
    .selectFrom('session')
    .innerJoin('staff', 'staff.id', 'session.staffId')
    .select('session.lastSeenAt')
    .where('session.id', '=', actor.sessionId)
    .where('session.revokedAt', 'is', null)
    .where('staff.active', '=', true)
    .executeTakeFirst();
  return (
    session !== undefined && ctx.clock.now().getTime() - session.lastSeenAt.getTime() < IDLE_MINUTES * 60_000
  );
}

/** Rows after the last one heard, or `too-old` when they are no longer all there (or the id is not one of ours). */
async function readPast(ctx: Context, lastId: string | undefined): Promise<StreamRow[] | 'too-old'> {
  if (!lastId) return [];
  const position = /^(\d{1,19})-(\d{1,16})$/.exec(lastId);
  if (!position) return 'too-old';
  const known =
    await sql`select 1 from stream_event where xid = ${position[1]}::xid8 and seq = ${position[2]}::bigint`.execute(
      ctx.db,
    );
  if (known.rows.length === 0) return 'too-old';
  const rows = await readStream(ctx.db, { xid: position[1] ?? '0', seq: Number(position[2]) }, REPLAY_LIMIT);
  return rows.length === REPLAY_LIMIT ? 'too-old' : rows;
}

/** Events carry no names, so the coarse scope of the roles is enough. */
export function mayHear(actor: Actor, row: StreamRow): boolean {
  if (actor.id && row.staffIds.includes(actor.id)) return true;
  if (actor.kind === 'machine')
    return actor.institutionId !== null && row.institutionIds.includes(actor.institutionId);
  // The interfaces belong to nobody's site: those who look after them hear of them.
  if (row.kind.startsWith('hl7.'))
    return actor.roles.some((held) =>
      (['admin.device', 'unmatched.decide'] as const).some((right) => PERMISSIONS[held.role].includes(right)),
    );
  // What waits for a decision is listed for a whole centre to who decides there.
  const decides = (held: Actor['roles'][number]) =>
    row.kind.startsWith('unmatched.') &&
    PERMISSIONS[held.role].includes('unmatched.decide') &&
    (held.centerKind === null || held.centerKind === row.centerKind);
  return actor.roles.some((held) => {
    if (decides(held)) return true;
    if (!PERMISSIONS[held.role].includes('order.read') && !PERMISSIONS[held.role].includes('figures.read'))
      return false;
    if (COUNTY_WIDE.has(held.role)) return true;
    if (CENTER_ROLES.has(held.role))
      return (
        row.reportingInstitutionId === held.institutionId &&
        (held.centerKind === null || held.centerKind === row.centerKind)
      );
    return row.institutionIds.includes(held.institutionId);
  });
}
