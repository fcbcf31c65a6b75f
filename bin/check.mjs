// `npm run check`: types, lint, format, schema types, architecture. No browser.
import path from 'node:path';
import { environment, install, node24, root, run } from './setup.mjs';

install();
const node = node24();
const env = environment(node);
const tool = (...parts) => path.join(root, 'node_modules', ...parts);
const steps = [
  ['types of server and tests', [tool('typescript-native', 'bin', 'tsc'), '--noEmit', '-p', 'tsconfig.json']],
  [
    'types of the viewer',
    [tool('typescript-native', 'bin', 'tsc'), '--noEmit', '-p', 'viewer/tsconfig.json'],
  ],
  ['lint', [tool('eslint', 'bin', 'eslint.js'), '--max-warnings', '0', '.']],
  ['format', [tool('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.']],
  ['schema types', ['bin/types.mjs', '--check']],
  ['architecture', [tool('vitest', 'vitest.mjs'), 'run', 'test/architecture.test.ts', '--reporter=dot']],
];
for (const [name, args] of steps) {
  console.error(`check: ${name}`);
  run(node, args, { env });
}
