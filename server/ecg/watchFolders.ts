import { mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { recordAudit } from '../core/audit/recordAudit.ts';
import { machineActor, requirePermission, type Actor } from '../core/access/actor.ts';
import type { Context } from '../core/context.ts';
import type { Queryable } from '../core/database.ts';
import { invalid } from '../core/errors.ts';
import { enqueue } from '../core/jobs/enqueue.ts';
import type { NamedFile } from './formats/wfdb.ts';
import { storeRecording } from './storeRecording.ts';

export interface WatchedFolder {
  path: string;
  /** Code of the site whose machine writes there. */
  institution: string;
}

export interface FolderState extends WatchedFolder {
  /** False: this process cannot read the folder. */
  readable: boolean;
  /** Files that will be taken at the next looks. */
  waiting: number;
  /** Files that have lain for ten minutes and are not taken, with the reason; at most fifty. */
  left: { name: string; bytes: number; reason: 'empty' | 'too-large' | 'not-taken' }[];
}

const key = 'ecg.folders';
const everySeconds = 10;
/** A file that was touched a moment ago may still be being written. */
const quietMs = 3_000;
const orphanMs = 10 * 60_000;
const mostPerScan = 50;
const mostBytes = 300 * 1024 * 1024;

export async function readFolders(db: Queryable): Promise<WatchedFolder[]> {
  const row = await db.selectFrom('setting').select('value').where('key', '=', key).executeTakeFirst();
  return Array.isArray(row?.value) ? (row.value as unknown as WatchedFolder[]) : [];
}

/** The folders as they stand, so that a file that nobody takes is seen by somebody. */
export async function describeFolders(db: Queryable): Promise<FolderState[]> {
  return Promise.all((await readFolders(db)).map(describeFolder));
}

async function describeFolder(folder: WatchedFolder): Promise<FolderState> {
  const state: FolderState = { ...folder, readable: true, waiting: 0, left: [] };
  try {
    for (const { name, bytes, ageMs } of await filesOf(folder.path)) {
      if (ageMs <= orphanMs && bytes > 0 && bytes <= mostBytes) state.waiting += 1;
      else if (bytes > mostBytes) state.left.push({ name, bytes, reason: 'too-large' });
      else if (ageMs > orphanMs)
        state.left.push({ name, bytes, reason: bytes === 0 ? 'empty' : 'not-taken' });
    }
  } catch {
    state.readable = false;
  }
  state.left.splice(mostPerScan);
  return state;
}

/** Sets the folders that are watched and starts watching. */
export async function saveFolders(
  ctx: Context,
  actor: Actor,
  folders: WatchedFolder[],
): Promise<WatchedFolder[]> {
  requirePermission(actor, 'admin.settings');
  for (const folder of folders)
    if (!path.isAbsolute(folder.path))
      throw invalid(`${folder.path} is not an absolute path`, [{ path: 'folders', code: 'absolute-path' }]);
  await ctx.db.transaction().execute(async (trx) => {
    const value = JSON.stringify(folders);
    await trx
      .insertInto('setting')
      .values({ key, value, updatedBy: actor.kind === 'staff' ? actor.id : null })
      .onConflict((oc) => oc.column('key').doUpdateSet({ value, updatedAt: ctx.clock.now() }))
      .execute();
    await recordAudit(trx, actor, { action: 'ecg.folders', detail: { folders } });
    await enqueue(trx, { kind: 'ecg.scan-folders', key: 'scan' });
  });
  ctx.bell.ring();
  return folders;
}

/**
 * Takes what lies in the watched folders. A file that is stored moves to `done`, one that went to the quarantine to
 * `unreadable`; nothing is deleted. Asks to be called again while folders are set.
 */
export async function scanFolders(ctx: Context): Promise<void> {
  const folders = await readFolders(ctx.db);
  for (const folder of folders) {
    try {
      await scanFolder(ctx, folder);
    } catch (err) {
      ctx.log.warn({ err, folder: folder.path }, 'a watched folder cannot be read');
    }
  }
  if (folders.length > 0)
    await enqueue(ctx.db, {
      kind: 'ecg.scan-folders',
      key: `scan-${Math.floor(ctx.clock.now().getTime() / 1000 / everySeconds) + 1}`,
      runAt: new Date(Date.now() + everySeconds * 1000),
    });
}

async function scanFolder(ctx: Context, folder: WatchedFolder): Promise<void> {
  const site = await ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', folder.institution)
    .executeTakeFirst();
  if (!site) throw new Error(`institution ${folder.institution} is not known`);
  const actor = machineActor(`folder ${path.basename(folder.path)}`, folder.path, site.id, [
    'input.upload',
    'order.request',
  ]);
  for (const names of (await groupsOf(folder.path)).slice(0, mostPerScan)) {
    try {
      const files: NamedFile[] = await Promise.all(
        names.map(async (name) => ({ name, bytes: await readFile(path.join(folder.path, name)) })),
      );
      const outcome = await storeRecording(ctx, actor, { files, source: 'folder', institutionId: site.id });
      const target = path.join(folder.path, outcome.kind === 'quarantine' ? 'unreadable' : 'done');
      await mkdir(target, { recursive: true });
      for (const name of names)
        await rename(path.join(folder.path, name), path.join(target, `${Date.now()}-${name}`));
    } catch (err) {
      // stays where it is and is tried again; the files behind it must not wait for it
      ctx.log.warn({ err, folder: folder.path, names }, 'files of a watched folder cannot be taken');
    }
  }
}

/**
 * Quiet files; a WFDB header goes with the signal files of its name and they wait for each other. What still lacks its
 * other half after ten minutes goes alone, so that the quarantine tells about it.
 */
async function groupsOf(folder: string): Promise<string[][]> {
  const quiet: string[] = [];
  const old = new Set<string>();
  for (const { name, bytes, ageMs } of await filesOf(folder)) {
    if (ageMs > quietMs && bytes > 0 && bytes <= mostBytes) quiet.push(name);
    if (ageMs > orphanMs) old.add(name);
  }
  const base = (name: string): string => name.slice(0, name.length - path.extname(name).length);
  const headers = new Set(quiet.filter((name) => name.toLowerCase().endsWith('.hea')).map(base));
  const groups = [...headers]
    .map((stem) => quiet.filter((name) => base(name) === stem))
    .filter((group) => group.length > 1 || old.has(group[0] ?? ''));
  const single = quiet
    .filter((name) => !headers.has(base(name)) && (old.has(name) || !/\.(dat|mat|atr)$/i.test(name)))
    .map((name) => [name]);
  return [...groups, ...single];
}

/** What a box wrote there; hidden and half-written files are not looked at. */
async function filesOf(folder: string): Promise<{ name: string; bytes: number; ageMs: number }[]> {
  const files = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith('.') || /\.(tmp|part|lock)$/i.test(entry.name)) continue;
    const facts = await stat(path.join(folder, entry.name));
    files.push({ name: entry.name, bytes: facts.size, ageMs: Date.now() - facts.mtimeMs });
  }
  return files;
}
