import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { crashPoint } from '../crashPoint.ts';
import { notFound, unavailable } from '../errors.ts';
import { forgetFolders, syncFolder } from './folderSync.ts';
import { isAddress, type ObjectStore, type ObjectWriter, type StoredObject } from './objectStore.ts';
import { writeInSlices } from './writeInSlices.ts';
import { WarmFiles } from './warmFiles.ts';

const MEMORY_LIMIT = 2 * 1024 * 1024;
const POOL_SIZE = 8;
/** Of one call; the system takes 1,024. */
const MOST_PARTS = 512;

/** A write returns when the bytes are on the disk: one wait for a thread where a write and a sync would be two. */
const WRITE_THROUGH =
  fs.constants.O_CREAT | fs.constants.O_EXCL | fs.constants.O_WRONLY | fs.constants.O_DSYNC;

/**
 * Objects as files `ab/<sha256>` below `folder`: written under a temporary name, synced, renamed, folder synced.
 * Chunks up to 2 MB in all are held and written through at once; larger objects go to the file as they come.
 */
export async function openFileStore(folder: string, options: { clean?: boolean } = {}): Promise<ObjectStore> {
  const incoming = path.join(folder, 'incoming');
  // What a crash left was never acknowledged; only a process alone on the folder may know that it is one.
  if (options.clean) await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true });
  for (let shard = 0; shard < 256; shard++)
    await mkdir(path.join(folder, shard.toString(16).padStart(2, '0')), { recursive: true });
  await syncFolder(folder);

  const temporaryName = () => path.join(incoming, randomUUID());
  const ready: TemporaryFile[] = [];
  const refill = () => {
    while (ready.length < POOL_SIZE) {
      const name = temporaryName();
      ready.push({ name, fd: fs.openSync(name, WRITE_THROUGH, 0o640) });
    }
  };
  /** For an object that is written whole; the next is opened while the disk works on this one. */
  const takeWriteThrough = (): TemporaryFile => {
    if (ready.length === 0) refill();
    setImmediate(() => {
      try {
        refill();
      } catch {
        // the folder is away: whoever needs a file next is told
      }
    });
    return ready.shift() as TemporaryFile;
  };
  const openTemporary = async (): Promise<TemporaryFile> => {
    const name = temporaryName();
    return { name, fd: await openFile(name, 'wx', 0o640) };
  };
  // What was opened ahead may lie in a folder that is away, and what comes back in its place another one.
  const warm = new WarmFiles();
  const reset = () => {
    forgetFolders();
    warm.clear();
    for (const { fd, name } of ready.splice(0)) fs.close(fd, () => fs.rm(name, () => undefined));
  };
  const locate = (address: string): string => {
    if (!isAddress(address)) throw notFound('object', address.slice(0, 80));
    return path.join(folder, address.slice(0, 2), address);
  };

  const store = { takeWriteThrough, openTemporary, locate, reset };

  return {
    open: () => Promise.resolve(new FileWriter(store)),
    put: (bytes) => writeInSlices(new FileWriter(store), bytes),
    async stream(address, range) {
      const file = locate(address);
      await stat(file).catch(absent(file));
      return fs.createReadStream(file, range ? { start: range.start, end: range.end } : {});
    },
    async read(address, range) {
      const file = locate(address);
      if (!range) return readFile(file).catch(absent(file));
      return warm.read(file, range.start, range.end).catch(absent(file));
    },
    async size(address) {
      const file = locate(address);
      return (await stat(file).catch(absent(file))).size;
    },
    async check() {
      const name = path.join(incoming, `check-${randomUUID()}`);
      await open(name, 'wx')
        .then((handle) => handle.close())
        .catch(unwritable);
      await rm(name, { force: true }).catch(unwritable);
    },
  };
}

interface StoreFolder {
  takeWriteThrough(): TemporaryFile;
  openTemporary(): Promise<TemporaryFile>;
  locate(address: string): string;
  /** The folder failed: nothing that is open in it is used again. */
  reset(): void;
}

interface TemporaryFile {
  name: string;
  fd: number;
}

const openFile = promisify(fs.open);
const writeParts = promisify(fs.writev);
const writePart = promisify(fs.write) as (
  fd: number,
  bytes: Uint8Array,
  offset: number,
) => Promise<{ bytesWritten: number }>;
const dataSync = promisify(fs.fdatasync);

class FileWriter implements ObjectWriter {
  private readonly hash = createHash('sha256');
  private address: string | undefined;
  private readonly store: StoreFolder;
  private held: Uint8Array[] = [];
  private heldBytes = 0;
  /** Of the chunks that are held, the first so many are in the digest. */
  private hashedChunks = 0;
  private size = 0;
  private file: TemporaryFile | undefined;

  constructor(store: StoreFolder) {
    this.store = store;
  }

  write(chunk: Uint8Array): Promise<void> | void {
    this.size += chunk.length;
    this.held.push(chunk);
    this.heldBytes += chunk.length;
    if (this.heldBytes > MEMORY_LIMIT) return this.append().then(() => undefined, unwritable);
  }

  end(): StoredObject {
    if (this.address === undefined) {
      this.hashHeld();
      this.address = this.hash.digest('hex');
    }
    return { address: this.address, size: this.size };
  }

  async commit(): Promise<StoredObject> {
    let written: TemporaryFile | undefined;
    try {
      const file = await (this.file ? this.appendAndSync() : this.writeThrough());
      crashPoint('object.after-sync');
      // Waiting for a thread takes longer than these two calls do.
      fs.closeSync(file.fd);
      written = file;
      this.file = undefined;
      const target = this.store.locate(this.end().address);
      fs.renameSync(file.name, target); // same name means same content
      crashPoint('object.after-rename');
      await syncFolder(path.dirname(target));
      crashPoint('object.durable');
    } catch (cause) {
      await this.abort();
      if (written) await rm(written.name, { force: true }).catch(() => undefined);
      this.store.reset();
      return unwritable(cause);
    }
    return this.end();
  }

  async abort(): Promise<void> {
    const file = this.file;
    this.file = undefined;
    this.held = [];
    if (!file) return;
    fs.close(file.fd, () => undefined);
    // Where the store is away the next start clears what stays.
    await rm(file.name, { force: true }).catch(() => undefined);
  }

  /** The digest is made while the disk works. */
  private async writeThrough(): Promise<TemporaryFile> {
    const file = (this.file = this.store.takeWriteThrough());
    crashPoint('object.before-sync');
    const written = writeAll(file.fd, this.held);
    this.end();
    this.letGo();
    await written;
    return file;
  }

  private async append(): Promise<TemporaryFile> {
    this.hashHeld();
    const { held } = this;
    this.letGo();
    const file = (this.file ??= await this.store.openTemporary());
    await writeAll(file.fd, held);
    return file;
  }

  private async appendAndSync(): Promise<TemporaryFile> {
    const file = await this.append();
    crashPoint('object.before-sync');
    await dataSync(file.fd);
    return file;
  }

  private hashHeld(): void {
    for (const chunk of this.held.slice(this.hashedChunks)) this.hash.update(chunk);
    this.hashedChunks = this.held.length;
  }

  private letGo(): void {
    this.held = [];
    this.heldBytes = 0;
    this.hashedChunks = 0;
  }
}

async function writeAll(fd: number, chunks: Uint8Array[]): Promise<void> {
  for (let from = 0; from < chunks.length; from += MOST_PARTS)
    await writeSome(fd, chunks.slice(from, from + MOST_PARTS));
}

async function writeSome(fd: number, chunks: Uint8Array[]): Promise<void> {
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const { bytesWritten } = await writeParts(fd, chunks);
  if (bytesWritten === total) return;
  const rest = Buffer.concat(chunks).subarray(bytesWritten); // a disk that took only a part
  for (let at = 0; at < rest.length;) at += (await writePart(fd, rest, at)).bytesWritten;
}

const unwritable = (cause: unknown): never => {
  throw unavailable('the object store cannot be written', cause);
};

/** The folder of an object stands from the first start: where it is missing the whole store is away, not this object. */
const absent = (file: string) => async (cause: unknown) => {
  const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  const here = await stat(path.dirname(file)).catch(() => undefined);
  if (missing && here) throw notFound('object', path.basename(file));
  throw unavailable('the object store cannot be read', cause);
};
