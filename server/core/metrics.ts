import type { NextFunction, Request, Response } from 'express';
import { sql } from 'kysely';
import { collectDefaultMetrics, Counter, Gauge, Histogram, register } from 'prom-client';
import { hashToken } from './access/token.ts';
import { isLoopback } from './config.ts';
import type { Context } from './context.ts';
import { forbidden } from './errors.ts';

const requestSeconds = new Histogram({
  name: 'hub_http_request_seconds',
  help: 'HTTP requests by method and status',
  labelNames: ['method', 'status'],
  buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10],
});
const jobsWaiting = new Gauge({
  name: 'hub_jobs',
  help: 'Jobs by kind and state',
  labelNames: ['kind', 'state'],
});
const outboxRows = new Gauge({
  name: 'hub_outbox',
  help: 'Messages out by destination and state',
  labelNames: ['destination', 'state'],
});
const unsealed = new Gauge({ name: 'hub_audit_unsealed', help: 'Audit rows not yet in the chain' });

/** Counts of what came in over a wire, e.g. `receivedObjects.inc({ wire: 'dimse', outcome: 'stored' })`. */
export const receivedObjects = new Counter({
  name: 'hub_received_objects_total',
  help: 'Objects and messages received',
  labelNames: ['wire', 'outcome'],
});

let defaults = false;

export function observeRequests() {
  if (!defaults) {
    defaults = true;
    collectDefaultMetrics();
  }
  return (req: Request, res: Response, next: NextFunction): void => {
    const end = requestSeconds.startTimer();
    res.on('finish', () => end({ method: req.method, status: res.statusCode }));
    next();
  };
}

/** On this machine and asked by itself: what a proxy on it hands on comes from elsewhere. */
function isLocal(req: Request): boolean {
  const address = (req.socket.remoteAddress ?? '').replace('::ffff:', '');
  return isLoopback(address) && !['x-forwarded-for', 'forwarded'].some((name) => req.headers[name]);
}

/** `/metrics` for Prometheus: from loopback, or with METRICS_TOKEN. */
export function metricsHandler(ctx: Context) {
  return async (req: Request, res: Response): Promise<void> => {
    const { metricsToken } = ctx.config;
    const shown = hashToken(req.header('authorization') ?? '');
    if (!isLocal(req) && !(metricsToken && shown === hashToken(`Bearer ${metricsToken}`)))
      throw forbidden('metrics are read from loopback or with the metrics token');
    const jobs = await sql<{
      kind: string;
      state: string;
      n: number;
    }>`select kind, state, count(*)::int as n from job group by 1, 2`.execute(ctx.db);
    jobsWaiting.reset();
    for (const row of jobs.rows) jobsWaiting.set({ kind: row.kind, state: row.state }, row.n);
    const outbox = await sql<{
      destination: string;
      state: string;
      n: number;
    }>`select destination, state, count(*)::int as n from outbox where state <> 'sent' group by 1, 2`.execute(
      ctx.db,
    );
    outboxRows.reset();
    for (const row of outbox.rows) outboxRows.set({ destination: row.destination, state: row.state }, row.n);
    const tail = await sql<{
      n: number;
    }>`select count(*)::int as n from audit_event where seq > coalesce((select max(audit_seq) from audit_seal), 0)`.execute(
      ctx.db,
    );
    unsealed.set(tail.rows[0]?.n ?? 0);
    res.setHeader('Content-Type', register.contentType);
    res.end(await register.metrics());
  };
}
