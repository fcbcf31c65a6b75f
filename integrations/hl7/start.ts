import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import type { Context } from '../../server/core/context.ts';
import { startAstm } from '../astm/server.ts';
import { MllpConnection } from './connection.ts';
import { Processor } from './inbound/processor.ts';
import { MessageQueue } from './inbound/queue.ts';
import { Journal } from './journal.ts';
import { startMetrics } from './metrics.ts';
import { Senders } from './senders.ts';
import { startDelivery } from './outbound/deliver.ts';

export interface Hl7Server {
  port: number;
  /** Set when MLLP_TLS_PORT is configured. */
  tlsPort?: number;
  /** Set when ASTM_PORT is configured. */
  astmPort?: number;
  close(): Promise<void>;
}

export interface Hl7Options {
  /** Off in tests that drive the queue themselves. */
  deliver?: boolean;
}

/**
 * Starts the role `hl7`: the MLLP server, the worker that processes what is stored, and the sender of results.
 * `close` takes no new connections, answers what has arrived, then stops.
 */
export async function startHl7(ctx: Context, options: Hl7Options = {}): Promise<Hl7Server> {
  const metrics = startMetrics();
  const processor = new Processor(ctx);
  const journal = new Journal(ctx);
  const parts = {
    ctx,
    metrics,
    processor,
    journal,
    senders: new Senders(ctx),
    nudge: coalesced(() => ctx.bell.ring(), 50),
  };
  const open = new Map<net.Socket, MllpConnection>();
  const accept = (socket: net.Socket) => {
    open.set(socket, new MllpConnection(socket, parts));
    socket.on('close', () => open.delete(socket));
  };
  const server = net.createServer({ noDelay: true }, accept);
  // With TLS a client certificate is asked for and, when the sender is bound to one, needed.
  const { mllpTlsPort } = ctx.config;
  const secure =
    mllpTlsPort !== undefined && ctx.config.tls ? tlsServer(ctx, ctx.config.tls, accept) : undefined;
  const port = await listen(server, ctx.config.mllpPort, ctx.config.host);
  const tlsPort =
    secure && mllpTlsPort !== undefined ? await listen(secure, mllpTlsPort, ctx.config.host) : undefined;
  const astm =
    ctx.config.astmPort === undefined
      ? undefined
      : await startAstm(parts, ctx.config.astmPort, ctx.config.host);
  const queue = new MessageQueue(ctx, processor, {
    arriving: () => journal.arriving(),
    ...(!ctx.config.roles.includes('worker') && { giveWayMs: 1_000 }),
  });
  queue.start();
  const delivery = options.deliver === false ? undefined : startDelivery(ctx, metrics);

  return {
    port,
    ...(tlsPort !== undefined && { tlsPort }),
    ...(astm && { astmPort: astm.port }),
    async close() {
      const stopped = [server, secure].map((one) => one && new Promise((resolve) => one.close(resolve)));
      await Promise.race([
        Promise.all([...open.values()].map((one) => one.settled())),
        new Promise((resolve) => setTimeout(resolve, 5_000).unref()),
      ]);
      for (const socket of open.keys()) socket.end();
      setTimeout(() => open.forEach((_, socket) => socket.destroy()), 500).unref();
      await Promise.all(stopped);
      await astm?.close();
      await delivery?.close();
      await queue.close();
      await processor.close();
      await parts.journal.close();
    },
  };
}

/** Calls `work` once, however often it is asked for within `afterMs`. */
function coalesced(work: () => void, afterMs: number): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      work();
    }, afterMs).unref();
  };
}

function tlsServer(
  ctx: Pick<Context, 'log'>,
  files: { cert: string; key: string },
  accept: (socket: net.Socket) => void,
): tls.Server {
  const server = tls.createServer(
    {
      cert: readFileSync(files.cert),
      key: readFileSync(files.key),
      minVersion: 'TLSv1.2',
      requestCert: true,
      // Hospitals sign their own: who somebody is says the fingerprint a person admitted, not an authority.
      rejectUnauthorized: false,
    },
    accept,
  );
  server.on('tlsClientError', (err, socket) => {
    ctx.log.warn({ err, address: socket.remoteAddress }, 'a TLS handshake of an HL7 sender failed');
    socket.destroy();
  });
  return server;
}

function listen(server: net.Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
