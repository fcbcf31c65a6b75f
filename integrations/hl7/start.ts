import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import type { Context } from '../../server/core/context.ts';
import { startAstm } from '../astm/server.ts';
import { MllpConnection } from './connection.ts';
import { Processor } from './inbound/processor.ts';
import { Journal } from './journal.ts';
import { startMetrics } from './metrics.ts';
import { Senders } from './senders.ts';
import { startDelivery } from './outbound/deliver.ts';

export interface Hl7Server {
  port: number;
  /** Set when TLS listens as well. */
  tlsPort?: number;
  /** Set when ASTM_PORT is configured. */
  astmPort?: number;
  close(): Promise<void>;
}

export interface Hl7Options {
  /** Another port with TLS; a client certificate is asked for and, when the sender is bound to one, needed. */
  tlsPort?: number;
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
  const parts = { ctx, metrics, processor, journal: new Journal(ctx), senders: new Senders(ctx) };
  const open = new Map<net.Socket, MllpConnection>();
  const accept = (socket: net.Socket) => {
    open.set(socket, new MllpConnection(socket, parts));
    socket.on('close', () => open.delete(socket));
  };
  const server = net.createServer({ noDelay: true }, accept);
  const secure =
    options.tlsPort !== undefined && ctx.config.tls ? tlsServer(ctx.config.tls, accept) : undefined;
  const port = await listen(server, ctx.config.mllpPort, ctx.config.host);
  const tlsPort =
    secure && options.tlsPort !== undefined
      ? await listen(secure, options.tlsPort, ctx.config.host)
      : undefined;
  const astm =
    ctx.config.astmPort === undefined
      ? undefined
      : await startAstm(parts, ctx.config.astmPort, ctx.config.host);
  processor.start();
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
      await processor.close();
      await parts.journal.close();
    },
  };
}

function tlsServer(files: { cert: string; key: string }, accept: (socket: net.Socket) => void): tls.Server {
  return tls.createServer(
    {
      cert: readFileSync(files.cert),
      key: readFileSync(files.key),
      requestCert: true,
      rejectUnauthorized: false,
    },
    accept,
  );
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
