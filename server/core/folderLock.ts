import fs from 'node:fs';
import path from 'node:path';

/**
 * Claims a data folder for this process by `hub.lock` (pid and start time). Undefined when a living process holds it;
 * the lock of one that died is taken over.
 */
export function lockFolder(folder: string): { release(): void } | undefined {
  const file = path.join(folder, 'hub.lock');
  const mine = `${process.pid} ${startTime(process.pid)}`;
  for (let attempt = 0; attempt < 3; attempt++) {
    if (claim(file, mine)) return { release: () => fs.rmSync(file, { force: true }) };
    const found = read(file);
    if (found !== undefined && isHeld(found)) return undefined;
    if (found !== undefined) removeIf(file, found);
  }
  return undefined;
}

/** Complete from its first moment on: a reader never finds a lock without its owner. */
function claim(file: string, mine: string): boolean {
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, mine, { mode: 0o644 });
  try {
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/** Two may find the same dead lock: who was slower must not take away the living one in its place. */
function removeIf(file: string, dead: string): void {
  const aside = `${file}.${process.pid}.aside`;
  try {
    fs.renameSync(file, aside);
    if (read(aside) !== dead) fs.linkSync(aside, file);
  } catch {
    // somebody else was faster; the next attempt sees
  } finally {
    fs.rmSync(aside, { force: true });
  }
}

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function isHeld(text: string): boolean {
  const [pid = '', started = ''] = text.split(' ');
  if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
  } catch {
    return false;
  }
  const now = startTime(Number(pid));
  return now === '' || started === '' || now === started; // a number that was given again is not the old process
}

/** Start of a process in clock ticks since boot, where the system tells. */
function startTime(pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
