/** A file to send, with the path it had in its folder or archive. */
export interface Candidate {
  path: string;
  size: number;
  read: () => Promise<Blob>;
  /** An archive that could not be opened: damaged, locked by a password, or too large for this page. */
  shut?: true;
}

const ignored = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|__MACOSX\/)/i;
const maxArchiveBytes = 2 * 1024 ** 3;

async function readEntries(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const all: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return all;
    all.push(...part);
  }
}

async function walk(entry: FileSystemEntry, out: File[], paths: string[]): Promise<void> {
  if (entry.isFile) {
    out.push(
      await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
    );
    paths.push(entry.fullPath.replace(/^\//, ''));
    return;
  }
  for (const child of await readEntries((entry as FileSystemDirectoryEntry).createReader()))
    await walk(child, out, paths);
}

/** Files and whole folders of a drop. */
export async function filesOfDrop(transfer: DataTransfer): Promise<{ files: File[]; paths: string[] }> {
  // The list is empty after the first wait. What another program hands over (an attachment) has no entry of its own.
  const dropped = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const files: File[] = [];
  const paths: string[] = [];
  for (const each of dropped) {
    if (each instanceof File) {
      files.push(each);
      paths.push(each.name);
    } else if (each) await walk(each, files, paths);
  }
  return { files, paths };
}

/** What to send: files as they are, zip archives opened. Hidden system files are left out. */
export async function collectFiles(files: readonly File[], paths: readonly string[]): Promise<Candidate[]> {
  const out: Candidate[] = [];
  for (const [index, file] of files.entries()) {
    const path = paths[index] ?? (file.webkitRelativePath || file.name);
    if (ignored.test(path)) continue;
    if (/\.zip$/i.test(file.name))
      // One that cannot be opened is sent as it is, and its line says what became of it.
      out.push(
        ...(await openArchive(file, path).catch(() => [{ ...asItIs(file, path), shut: true as const }])),
      );
    else out.push(asItIs(file, path));
  }
  return out;
}

const asItIs = (file: File, path: string): Candidate => ({
  path,
  size: file.size,
  read: () => Promise.resolve(file),
});

async function openArchive(file: File, path: string): Promise<Candidate[]> {
  if (file.size > maxArchiveBytes) throw new Error('larger than this page opens');
  const { unzip } = await import('fflate');
  const content = new Uint8Array(await file.arrayBuffer());
  const entries = await new Promise<Record<string, Uint8Array>>((resolve, reject) =>
    unzip(
      content,
      {
        filter: (entry) =>
          !entry.name.endsWith('/') && !ignored.test(entry.name) && entry.originalSize <= maxArchiveBytes,
      },
      (error, data) => (error ? reject(error) : resolve(data)),
    ),
  );
  return Object.entries(entries).map(([name, data]) => ({
    path: `${path}/${name}`,
    size: data.byteLength,
    read: () => Promise.resolve(new Blob([data as Uint8Array<ArrayBuffer>])),
  }));
}

/** False for a file that was moved, renamed or taken out with its disc since it was chosen. */
export const readable = (file: Pick<Blob, 'slice'>): Promise<boolean> =>
  file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );
