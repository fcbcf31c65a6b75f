// Makes a fresh checkout ready: packages and Node 24 from npm. Plain JavaScript that Node 20 runs.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export const root = path.join(import.meta.dirname, '..');
const at = (...parts) => path.join(root, ...parts);
const read = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '');

/** Installs packages when those that are there are not the lock file's, whoever installed them. */
export function install() {
  const wanted = read(at('package-lock.json'));
  const held = read(at('node_modules', '.package-lock.json'));
  if (held !== '' && (read(at('node_modules', '.hub-lock')) === wanted || holdsAll(wanted, held))) return;
  console.error('installing packages …');
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', [
    'ci',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  fs.copyFileSync(at('package-lock.json'), at('node_modules', '.hub-lock'));
}

/**
 * Whether what npm wrote of its installing (`node_modules/.package-lock.json`) has every package of the lock file in
 * its version. Optional ones of other platforms may be missing.
 */
export function holdsAll(wanted, held) {
  const there = JSON.parse(held).packages ?? {};
  return Object.entries(JSON.parse(wanted).packages).every(([place, entry]) => {
    if (place === '') return true; // the hub itself
    const found = there[place];
    if (!found) return Boolean(entry.optional || entry.devOptional);
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

/** The Node 24 binary that the hub runs on: this one, or the one npm brought. */
export function node24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const file = at(
    'node_modules',
    `node-${platform}-${process.arch}`,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (!fs.existsSync(file)) {
    console.error(
      `Node 24 is needed and npm has no binary for ${platform}-${process.arch}: install Node 24 and call again.`,
    );
    process.exit(1);
  }
  return file;
}

/** PATH on which `node` is Node 24 and the packages' commands are found. */
export function environment(node) {
  return {
    ...process.env,
    PATH: [path.dirname(node), at('node_modules', '.bin'), process.env.PATH].join(path.delimiter),
    // What Node 24 compiled is kept: the next start is a second quicker.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? at('node_modules', '.cache', 'node'),
  };
}

/** A small young generation: tens of megabytes less memory, and pauses stay short. */
export const hubFlags = ['--max-semi-space-size=8'];

export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (done.error) throw done.error;
  if (done.status !== 0) process.exit(done.status ?? 1);
}
