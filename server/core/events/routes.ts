import type { Router } from 'express';
import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { CENTER_ROLES, COUNTY_WIDE, PERMISSIONS } from '../access/roles.ts';
import type { Context } from '../context.ts';
import { endpoint } from '../http.ts';
import { readStream, type StreamRow } from './bell.ts';

const REPLAY_LIMIT = 1_000;

/** `GET /api/events`: what the signed-in person may see, as server-sent events with replay from Last-Event-ID. */
export function eventRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    { method: 'get', path: '/events', summary: 'Live events (server-sent)', access: 'signed-in' },
    async ({ actor, req, res }) => {
      res.writeHead(200, {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        Connection: 'keep-alive',
        'X-Accel-Buffering': 'no',
      });
      res.write(`retry: 2000\n\n`);
      const send = (row: StreamRow) => {
        if (!mayHear(actor, row)) return;
        if (res.writableLength > 1_000_000) return void res.destroy(); // a browser that does not read reconnects later
        res.write(
          `id: ${row.xid}-${row.seq}\nevent: ${row.kind}\ndata: ${JSON.stringify({ orderId: row.orderId, center: row.centerKind, at: row.at, ...row.data })}\n\n`,
        );
      };
      await replay(ctx, req.header('last-event-id'), send, () => res.write(`event: reset\ndata: {}\n\n`));
      const stop = ctx.bell.subscribe(send);
      const beat = setInterval(() => res.write(`: beat\n\n`), 15_000);
      req.on('close', () => {
        stop();
        clearInterval(beat);
      });
      return undefined as never;
    },
  );
}

async function replay(
  ctx: Context,
  lastId: string | undefined,
  send: (row: StreamRow) => void,
  reset: () => void,
): Promise<void> {
  const position = /^(\d{1,19})-(\d{1,16})$/.exec(lastId ?? '');
  if (!position) return;
  const known =
    await sql`select 1 from stream_event where xid = ${position[1]}::xid8 and seq = ${position[2]}::bigint`.execute(
      ctx.db,
    );
  const rows =
    known.rows.length > 0
      ? await readStream(ctx.db, { xid: position[1] ?? '0', seq: Number(position[2]) }, REPLAY_LIMIT)
      : undefined;
  if (!rows || rows.length === REPLAY_LIMIT) return reset();
  rows.forEach(send);
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
  return actor.roles.some((held) => {
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
