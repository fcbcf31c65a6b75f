import { mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Context } from '../../server/core/context.ts';
import { MAX_PRINT_OUT_BYTES } from '../../server/sterilization/formats/readPrintOut.ts';
import { receivePrintOut } from '../../server/sterilization/printout/receivePrintOut.ts';

/** A file younger than this may still be written to. */
const SETTLE_MS = 3_000;

/**
 * Takes files from the watched folders of the machines (`cssd_print_source`, kind `folder`). A file that is kept moves to
 * `taken/`, one that is too large to `refused/`: nothing is deleted. Safe to run in several processes: the same bytes
 * are one print-out.
 */
export async function sweepFolders(ctx: Context, settleMs = SETTLE_MS): Promise<number> {
  const sources = await ctx.db
    .selectFrom('cssdPrintSource')
    .selectAll()
    .where('kind', '=', 'folder')
    .where('active', '=', true)
    .execute();
  let taken = 0;
  for (const source of sources) {
    const names = await readdir(source.address).catch((err: unknown) => {
      ctx.log.warn({ err, folder: source.address }, 'a watched folder cannot be read');
      return [];
    });
    for (const name of names.sort()) {
      const file = path.join(source.address, name);
      const facts = await stat(file).catch(() => undefined);
      if (!facts?.isFile() || Date.now() - facts.mtimeMs < settleMs) continue;
      if (facts.size > MAX_PRINT_OUT_BYTES) {
        await moveTo(file, 'refused');
        continue;
      }
      await receivePrintOut(ctx, {
        machineId: source.machineId,
        profileId: source.profileId,
        source: 'folder',
        bytes: await readFile(file),
      });
      await moveTo(file, 'taken');
      taken += 1;
    }
  }
  return taken;
}

async function moveTo(file: string, folder: string): Promise<void> {
  const target = path.join(path.dirname(file), folder);
  await mkdir(target, { recursive: true });
  await rename(file, path.join(target, `${Date.now()}-${path.basename(file)}`)).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error; // another process was first
  });
}
