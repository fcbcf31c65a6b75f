import { seedDemo } from '../db/demo/seedDemo.ts';
import { openContext } from './context.ts';
import { readConfig, type Config } from './core/config.ts';
import { startRoles } from './roles.ts';

/** Composition root: configuration, context, roles; then one line that says the hub is ready. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const { ctx, close } = await openContext(config, { exclusive: true });
  if (config.demo) await seedDemo(ctx);
  const roles = await startRoles(ctx);
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= roles
      .close()
      .then(close)
      .then(() => process.exit(0))
      .catch((error: unknown) => fail(error));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const url =
    config.publicUrl ??
    `${config.tls ? 'https' : 'http'}://${host(config)}:${roles.addresses.http ?? config.port}`;
  console.log(
    `hub ready ${url} ${JSON.stringify({ pid: process.pid, host: config.host, ...roles.addresses })}`,
  );
}

const host = (config: Config): string => (config.host === '0.0.0.0' ? '127.0.0.1' : config.host);

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error));
  if (process.env.LOG_LEVEL === 'debug') console.error(error);
  process.exit(1);
}

main().catch(fail);
