#!/usr/bin/env node
// `npx hub <command>`: the command line of the hub, run under Node 24.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { environment, install, node24, root } from './setup.mjs';

install();
const node = node24();
const done = spawnSync(node, [path.join(root, 'server/commands/main.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: environment(node),
});
process.exit(done.status ?? 1);
