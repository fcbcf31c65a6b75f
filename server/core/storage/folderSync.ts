import { closeSync, fsync, open } from 'node:fs';
import { promisify } from 'node:util';

interface Pending {
  running: Promise<void> | undefined;
  next: Promise<void> | undefined;
}

const folders = new Map<string, Pending>();

/**
 * Makes the entries of a folder durable. Calls that arrive while a sync runs share the one that follows it:
 * only a sync that began after the rename counts.
 */
export function syncFolder(folder: string): Promise<void> {
  const pending = folders.get(folder) ?? { running: undefined, next: undefined };
  folders.set(folder, pending);
  if (pending.next) return pending.next;
  const start = (): Promise<void> => {
    pending.next = undefined;
    const run = syncNow(folder).finally(() => {
      if (pending.running === run) pending.running = undefined;
    });
    pending.running = run;
    return run;
  };
  if (!pending.running) return start();
  pending.next = pending.running.then(start, start);
  return pending.next;
}

const openFolder = promisify(open);
const syncHandle = promisify(fsync);

/** Open folders by path, least recently synced first: opening one for every sync would cost as much as the sync. */
const handles = new Map<string, number>();
const MOST_OPEN = 512;

/** Closes the folders that no sync is using. After a failure: what is mounted there later is another folder. */
export function forgetFolders(): void {
  for (const handle of handles.values()) closeSync(handle);
  handles.clear();
}

async function syncNow(folder: string): Promise<void> {
  const handle = handles.get(folder) ?? (await openFolder(folder, 'r'));
  handles.delete(folder); // nobody closes it meanwhile: syncs of one folder never overlap
  try {
    await syncHandle(handle);
  } catch (error) {
    closeSync(handle);
    throw error;
  }
  handles.set(folder, handle);
  if (handles.size <= MOST_OPEN) return;
  const [oldest, unused] = handles.entries().next().value ?? [];
  if (oldest === undefined || unused === undefined) return;
  handles.delete(oldest);
  closeSync(unused);
}
