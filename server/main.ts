import { once } from 'node:events';
import net from 'node:net';
import { seedHistory } from '../db/demo/history/seedHistory.ts';
import { seedDemo } from '../db/demo/seedDemo.ts';
import { openContext } from './context.ts';
import { baseUrl, readConfig, type Config } from './core/config.ts';
import { startRoles } from './roles.ts';

/** Composition root: configuration, context, roles; then one line that says the hub is ready. A signal stops it at any step. */
async function main(): Promise<void> {
  const stop = new AbortController();
  // Ctrl-C reaches the hub twice, from the terminal and from npm start: the second must not cut the stop off.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  const stopped = once(stop.signal, 'abort');
  const viewer = viewerStands();
  viewer.catch(() => undefined); // looked at when everything else stands
  const config = readConfig(process.env);
  const held = config.port === 0 && config.roles.includes('web') ? await holdPort(config) : undefined;
  const { ctx, close } = await openContext(config, { exclusive: true });
  try {
    if (config.demo && !stop.signal.aborted) await seedDemo(ctx);
    await Promise.race([viewer, stopped]);
    if (stop.signal.aborted) return;
    await held?.free();
    const roles = await startRoles(ctx);
    // A process without pages has no address of them; its other services stand in the JSON.
    const pages = config.roles.includes('web') ? `${baseUrl(config)} ` : '';
    console.log(
      `hub ready ${pages}${JSON.stringify({ pid: process.pid, host: config.host, ...roles.addresses })}`,
    );
    const history = config.demo
      ? seedHistory(ctx, stop.signal).catch((err: unknown) => ctx.log.error({ err }, 'demo history'))
      : undefined;
    await stopped;
    await history;
    await roles.close();
  } finally {
    await close();
  }
}

/**
 * `--await-viewer`, said by `npm start`: the browser application is being built beside this start. Resolves when the parent says
 * that it stands, rejects when the parent lets go without having said so. Otherwise it stands already.
 */
async function viewerStands(): Promise<void> {
  if (!process.argv.includes('--await-viewer')) return;
  const gone = 'The browser application was not built: see above, then call npm start again.';
  if (!process.connected) throw new Error(gone);
  await new Promise<void>((resolve, reject) => {
    process.once('message', () => resolve());
    process.once('disconnect', () => reject(new Error(gone)));
  });
  process.removeAllListeners('disconnect');
}

/** PORT=0: the free port is chosen before the demo county signs its first report, whose links name it. */
async function holdPort(config: Config): Promise<{ free(): Promise<void> }> {
  const server = net.createServer((socket) => socket.destroy());
  server.listen(0, config.host);
  await once(server, 'listening');
  config.port = (server.address() as net.AddressInfo).port;
  return { free: () => new Promise((resolve) => server.close(() => resolve())) };
}

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error));
  if (process.env.LOG_LEVEL === 'debug') console.error(error);
  process.exit(1);
}

main().then(() => process.exit(0), fail);
