import { open, stat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { machineActor } from '../core/access/actor.ts';
import type { Command } from './command.ts';

const HEAD_BYTES = 4_096;

/**
 * `hub import <paths>`: gives every file to the centre that knows its content (DICOM, recordings, slides). What none
 * knows is named and left alone. Exit code 1 when a file was not taken.
 */
export const importFiles: Command = async (ctx, args) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { institution: { type: 'string' }, json: { type: 'boolean' } },
  });
  const institution = await ctx.db
    .selectFrom('institution')
    .select(['id', 'code'])
    .where('code', '=', values.institution ?? '')
    .executeTakeFirst();
  if (positionals.length === 0 || !values.institution)
    throw new Error('Usage: hub import <file or folder>… --institution CODE');
  if (!institution) throw new Error(`No institution has the code ${values.institution}.`);
  const actor = machineActor(`import ${institution.code}`, 'import', institution.id, [
    'input.upload',
    'order.request',
    'order.read',
  ]);
  const counts: Record<string, number> = {};
  for await (const file of walk(positionals)) {
    const head = await readHead(file);
    let outcome = 'unknown';
    let detail = 'no centre knows this format';
    for (const center of ctx.centers) {
      const taken = await center.importFile?.(ctx, actor, { path: file, head });
      if (!taken) continue;
      ({ outcome, detail } = taken);
      break;
    }
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (values.json) console.log(JSON.stringify({ file, outcome, detail }));
    else if (outcome === 'stored' && process.stdout.isTTY) process.stdout.write(`\r${counts.stored} stored`);
    else if (outcome !== 'stored') console.log(`${file}: ${outcome} (${detail})`);
  }
  if (!values.json)
    console.log(
      Object.entries(counts)
        .map(([outcome, n]) => `${n} ${outcome}`)
        .join(', ') || 'nothing found',
    );
  return (counts.unknown ?? 0) + (counts.refused ?? 0) > 0 ? 1 : 0;
};

async function* walk(paths: string[]): AsyncGenerator<string> {
  for (const at of paths) {
    const facts = await stat(at).catch((cause: unknown) => {
      throw new Error(`Cannot read ${at}`, { cause });
    });
    if (facts.isDirectory()) yield* walk((await readdir(at)).sort().map((name) => path.join(at, name)));
    else if (facts.isFile()) yield at;
  }
}

async function readHead(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
