import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createTlsServer, type Server as HttpsServer } from 'node:https';
import fs from 'node:fs';
import { startDimse } from '../integrations/dimse/server.ts';
import { watchAlarms } from '../integrations/hl7/browser/watchAlarms.ts';
import { deliverReportJob } from '../integrations/hl7/outbound/queueReport.ts';
import { startHl7 } from '../integrations/hl7/start.ts';
import { startHl7Worker } from '../integrations/hl7/worker.ts';
import { startPrintOutServer } from '../integrations/printout/printOutServer.ts';
import { sweepFolders } from '../integrations/printout/sweepFolders.ts';
import { createApp } from './app.ts';
import type { Context } from './core/context.ts';
import type { JobHandler, Tick } from './core/jobs/worker.ts';
import { startWorker } from './core/jobs/worker.ts';
import { recognitionJobs } from './core/recognition/platform/askForEmergency.ts';
import { coreTicks } from './core/ticks.ts';

export interface RunningRoles {
  /** Bound ports by service. */
  addresses: Record<string, number>;
  close(): Promise<void>;
}

/** Starts the roles of HUB_ROLES; `close` stops them in the opposite order. */
export async function startRoles(ctx: Context): Promise<RunningRoles> {
  const addresses: Record<string, number> = {};
  const closers: (() => Promise<void>)[] = [];
  const { config } = ctx;
  if (config.roles.includes('worker')) {
    const handlers: Record<string, JobHandler> = Object.assign(
      { 'report.deliver': deliverReportJob, ...recognitionJobs },
      ...ctx.centers.map((center) => center.jobs ?? {}),
    );
    const ticks: Tick[] = [
      ...coreTicks,
      { name: 'print-out.folders', everySeconds: 10, run: sweepFolders },
      { name: 'hl7.alarms', everySeconds: 30, run: watchAlarms },
    ];
    const worker = startWorker(ctx, handlers, ticks);
    closers.push(() => worker.close());
    if (!config.roles.includes('hl7')) {
      const queue = startHl7Worker(ctx);
      closers.push(() => queue.close());
    }
  }
  if (config.roles.includes('dimse')) {
    const dimse = await startDimse(ctx);
    addresses.dimse = dimse.port;
    if (dimse.tlsPort !== undefined) addresses.dimseTls = dimse.tlsPort;
    closers.push(() => dimse.close());
  }
  if (config.roles.includes('hl7')) {
    const hl7 = await startHl7(ctx);
    addresses.mllp = hl7.port;
    if (hl7.tlsPort !== undefined) addresses.mllpTls = hl7.tlsPort;
    if (hl7.astmPort !== undefined) addresses.astm = hl7.astmPort;
    closers.push(() => hl7.close());
  }
  if (config.roles.includes('hl7') && config.printoutPort !== undefined) {
    const printOuts = await startPrintOutServer(ctx, { host: config.host, port: config.printoutPort });
    addresses.printOut = printOuts.port;
    closers.push(() => printOuts.close());
  }
  if (config.roles.includes('web')) {
    const app = createApp(ctx);
    const server = config.tls
      ? createTlsServer({ cert: fs.readFileSync(config.tls.cert), key: fs.readFileSync(config.tls.key) }, app)
      : createServer(app);
    config.boundPort = addresses.http = await listen(server, config.port, config.host);
    closers.push(() => closeHttp(server));
  }
  return {
    addresses,
    async close() {
      for (const close of closers.reverse()) await close();
    },
  };
}

function listen(server: HttpServer | HttpsServer, port: number, host: string): Promise<number> {
  // Longer than a proxy in front keeps its connections: the five seconds of Node would cut requests on their way.
  server.keepAliveTimeout = 75_000;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} on ${host} is taken: stop the other program or set PORT.`)
          : error,
      ),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function closeHttp(
  server: ReturnType<typeof createServer> | ReturnType<typeof createTlsServer>,
): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 3_000).unref();
  });
}
