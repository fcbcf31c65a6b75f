// `npm start`: sets up what is missing, then runs the hub under Node 24 and passes signals on.
import { spawn } from 'node:child_process';
import { buildViewer, environment, hubFlags, install, node24, root } from './setup.mjs';

install();
const node = node24();
buildViewer(node);
const hub = spawn(node, [...hubFlags, 'server/main.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: environment(node),
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => hub.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal));
hub.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
