import { once } from 'node:events';
import { seedHistory } from '../db/demo/history/seedHistory.ts';
import { seedDemo } from '../db/demo/seedDemo.ts';
import { openContext } from './context.ts';
import { readConfig, type Config } from './core/config.ts';
import { startRoles } from './roles.ts';

/** Composition root: configuration, context, roles; then one line that says the hub is ready. A signal stops it at any step. */
async function main(): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  const stopped = once(stop.signal, 'abort');
  const config = readConfig(process.env);
  const { ctx, close } = await openContext(config, { exclusive: true });
  try {
    if (config.demo && !stop.signal.aborted) await seedDemo(ctx);
    if (stop.signal.aborted) return;
    const roles = await startRoles(ctx);
    const url =
      config.publicUrl ??
      `${config.tls ? 'https' : 'http'}://${host(config)}:${roles.addresses.http ?? config.port}`;
    console.log(
      `hub ready ${url} ${JSON.stringify({ pid: process.pid, host: config.host, ...roles.addresses })}`,
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

const host = (config: Config): string => (config.host === '0.0.0.0' ? '127.0.0.1' : config.host);

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error));
  if (process.env.LOG_LEVEL === 'debug') console.error(error);
  process.exit(1);
}

main().then(() => process.exit(0), fail);
