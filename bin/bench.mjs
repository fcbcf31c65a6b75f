// `npm run bench`: benchmarks by name under Node 24.
import { environment, install, node24, run } from './setup.mjs';

install();
const node = node24();
run(node, ['bench/main.ts', ...process.argv.slice(2)], { env: environment(node) });
