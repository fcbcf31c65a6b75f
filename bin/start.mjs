// `npm start`: sets up what is missing, then runs the hub under Node 24 and passes signals on. A build of the browser
// application that is due runs beside the hub's own start; the hub says that it is ready when both are done.
import { spawn } from 'node:child_process';
import { environment, hubFlags, install, node24, root } from './setup.mjs';
import { onStop } from './signals.mjs';
import { startViewerBuild, viewerIsStale } from './viewer.mjs';

install();
const node = node24();
const build = viewerIsStale() ? startViewerBuild(node) : undefined;
const hub = spawn(node, [...hubFlags, 'server/main.ts', ...(build ? ['--await-viewer'] : [])], {
  cwd: root,
  stdio: ['inherit', 'inherit', 'inherit', ...(build ? ['ipc'] : [])],
  env: environment(node),
});
let stopping = false;
onStop((signal) => {
  stopping = true;
  build?.stop();
  hub.kill(signal);
});
hub.on('exit', (code, signal) => {
  build?.stop();
  // A hub that had not come to listen for the signal yet dies of it, and that is what was asked for.
  process.exit(code ?? (signal && !stopping ? 1 : 0));
});
build?.done
  .then((built) => (hub.connected && built ? hub.send('viewer-built') : undefined))
  .catch((error) => console.error(error))
  .finally(() => hub.connected && hub.disconnect());
