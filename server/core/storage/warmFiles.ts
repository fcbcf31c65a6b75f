import fs from 'node:fs';
import { promisify } from 'node:util';

const openFile = promisify(fs.open);
const mostOpen = 128;
/** Up to here a buffer of the asked length is made before anything is known of the file. */
const unmeasuredBytes = 1024 * 1024;

interface Warm {
  fd: Promise<number>;
  readers: number;
  /** thrown out while somebody still read: closed by the last one */
  leaving: boolean;
}

/**
 * Files held open for reading ranges, least recently used first: a slide or a large series is read by thousands of
 * small pieces, and opening, measuring and closing the file costs more than the piece. Only for files that never
 * change under their name.
 */
export class WarmFiles {
  private readonly files = new Map<string, Warm>();

  /** Bytes `start`–`end` (inclusive), fewer where the file ends before. Rejects as `fs.open` does. */
  async read(path: string, start: number, end: number): Promise<Buffer> {
    const file = this.take(path);
    try {
      const fd = await file.fd;
      const asked = Math.max(0, end + 1 - start);
      const length =
        asked <= unmeasuredBytes ? asked : Math.min(asked, Math.max(0, (await sizeOf(fd)) - start));
      const buffer = Buffer.allocUnsafe(length);
      let at = 0;
      while (at < buffer.length) {
        const bytesRead = await readAt(fd, buffer, at, start + at);
        if (bytesRead === 0) break;
        at += bytesRead;
      }
      return buffer.subarray(0, at);
    } catch (error) {
      this.forget(path, file);
      throw error;
    } finally {
      file.readers -= 1;
      if (file.leaving && file.readers === 0) close(file);
    }
  }

  /** Closes everything that nobody reads: the folder went away, or the process ends. */
  clear(): void {
    for (const [path, file] of this.files) this.forget(path, file);
  }

  private take(path: string): Warm {
    const file = this.files.get(path) ?? { fd: openFile(path, 'r'), readers: 0, leaving: false };
    file.fd.catch(() => undefined); // the reader hears of it
    file.readers += 1;
    this.files.delete(path);
    this.files.set(path, file);
    if (this.files.size > mostOpen) {
      const [oldest] = this.files;
      if (oldest) this.forget(...oldest);
    }
    return file;
  }

  private forget(path: string, file: Warm): void {
    if (this.files.get(path) === file) this.files.delete(path);
    if (file.leaving) return;
    file.leaving = true;
    if (file.readers === 0) close(file);
  }
}

function close({ fd }: Warm): void {
  fd.then((open) => fs.close(open, () => undefined)).catch(() => undefined);
}

const sizeOf = async (fd: number) => (await promisify(fs.fstat)(fd)).size;

function readAt(fd: number, buffer: Buffer, at: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(fd, buffer, at, buffer.length - at, position, (error, bytesRead) =>
      error ? reject(error) : resolve(bytesRead),
    );
  });
}
