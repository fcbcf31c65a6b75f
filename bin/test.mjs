// `npm test`: set-up, check, then every test; ends with the runner's summary.
import path from 'node:path';
import { environment, install, node24, root, run } from './setup.mjs';
import { buildViewer } from './viewer.mjs';

install();
const node = node24();
const env = environment(node);
const wanted = process.argv.slice(2);
if (wanted.length === 0) run(node, ['bin/check.mjs'], { env });
await buildViewer(node);
run(node, [path.join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...wanted], { env });
