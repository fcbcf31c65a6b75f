import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-npm-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** A program that npm starts as it starts the hub; it notes what it was told. */
function startByNpm() {
  const signals = path.resolve(import.meta.dirname, '../../bin/signals.mjs');
  fs.writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'stop', type: 'module', scripts: { start: 'node program.mjs' } }),
  );
  fs.writeFileSync(
    path.join(folder, 'program.mjs'),
    `import fs from 'node:fs';
    import { onStop } from ${JSON.stringify(signals)};
    onStop((signal) => { fs.writeFileSync('told', signal); process.exit(0); });
    fs.writeFileSync('runs', String(process.pid));
    setInterval(() => {}, 1000);`,
  );
  return spawn('npm', ['start'], { cwd: folder, stdio: 'ignore' });
}
const noted = (name: string) => {
  const file = path.join(folder, name);
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
};

test.each(['SIGTERM', 'SIGKILL'] as const)('%s to npm ends what npm started', async (signal) => {
  for (const name of ['runs', 'told']) fs.rmSync(path.join(folder, name), { force: true });
  const npm = startByNpm();
  await expect.poll(() => noted('runs'), { timeout: 60_000 }).not.toBe('');
  npm.kill(signal);
  if (signal === 'SIGKILL') process.kill(parentOf(Number(noted('runs'))), 'SIGKILL'); // its shell
  await expect.poll(() => noted('told'), { timeout: 20_000 }).toBe('SIGTERM');
});

const parentOf = (pid: number): number => {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
};
