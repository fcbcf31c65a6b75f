import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian's pydicom belongs to the system's Python, whatever else is in the path; undefined where there is none. */
export const python = ['/usr/bin/python3', 'python3'].find(
  (name) => spawnSync(name, ['-c', 'import pydicom']).status === 0,
);

/** Whether a program of DCMTK is here. */
export const haveTool = (name: string): boolean => spawnSync(name, ['--version']).status === 0;

/** Runs a script that finds `given` as JSON on its standard input and prints one JSON value. */
export function runPython(script: string, given: unknown): unknown {
  const run = spawnSync(python ?? '', ['-W', 'ignore', '-c', script], {
    input: JSON.stringify(given),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

/** What a program of DCMTK prints about one file. */
export function runTool(name: string, args: readonly string[], file: Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'hub-dcmtk-'));
  const path = join(folder, 'a.dcm');
  writeFileSync(path, file);
  const run = spawnSync(name, [...args, path], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  rmSync(folder, { recursive: true });
  if (run.status !== 0) throw new Error(run.stderr || run.stdout);
  return run.stdout;
}
