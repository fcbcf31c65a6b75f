// The browser application: built beside its place and moved there whole, so that a build cut off is never served.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from './setup.mjs';

const viewer = path.join(root, 'viewer');
const dist = path.join(viewer, 'dist');
const mtime = (file) => (fs.existsSync(file) ? fs.statSync(file).mtimeMs : 0);

/** Whether a source or the lock file is newer than the build, or there is none. */
export function viewerIsStale() {
  const built = mtime(path.join(dist, 'index.html'));
  return built <= newest(viewer, built) || built <= mtime(path.join(root, 'package-lock.json'));
}

function newest(folder, stopAbove) {
  let latest = 0;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('dist') || entry.name === 'node_modules') continue;
    const file = path.join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(file, stopAbove) : fs.statSync(file).mtimeMs);
    if (latest > stopAbove) return latest;
  }
  return latest;
}

/** Starts a build: `done` tells whether it stands in its place now, `stop` ends it early. */
export function startViewerBuild(node) {
  console.error('building the browser application …');
  sweep();
  const begun = new Date();
  const fresh = `${dist}-${process.pid}`;
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const child = spawn(node, [vite, 'build', 'viewer', '--outDir', fresh, '--logLevel', 'error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const done = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      try {
        if (code === 0) putInPlace(fresh, begun);
        else fs.rmSync(fresh, { recursive: true, force: true });
        resolve(code === 0);
      } catch (error) {
        reject(error);
      }
    });
  });
  return { done, stop: () => child.kill() };
}

/** Builds when something changed; the caller waits, and ends where the build fails. */
export async function buildViewer(node) {
  if (viewerIsStale() && !(await startViewerBuild(node).done)) process.exit(1);
}

/** The build counts from its beginning: a source saved while it ran makes it stale. */
function putInPlace(fresh, begun) {
  fs.utimesSync(path.join(fresh, 'index.html'), begun, begun);
  const old = `${fresh}-old`;
  if (fs.existsSync(dist)) fs.renameSync(dist, old);
  fs.renameSync(fresh, dist);
  fs.rmSync(old, { recursive: true, force: true });
}

/** Removes what builds that were killed left behind; a build that still runs keeps its folder. */
function sweep() {
  for (const name of fs.readdirSync(viewer)) {
    const pid = /^dist-(\d+)/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) fs.rmSync(path.join(viewer, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
