import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Actor } from '../../core/access/actor.ts';
import type { ImportOutcome } from '../../core/center.ts';
import type { Context } from '../../core/context.ts';
import { closedFormatOf } from '../formats/closedFormats.ts';
import { isTiff } from '../formats/tiffDirectory.ts';
import { UnreadableSlide } from '../formats/unreadableSlide.ts';
import { appendUpload } from './appendUpload.ts';
import { beginUpload } from './beginUpload.ts';
import { finishUpload } from './finishUpload.ts';

/**
 * `hub import`: takes TIFF and SVS slides from a folder of the scanner's PC; a closed format is answered with what to
 * export instead. A file of the same name and size that stands already is not taken twice.
 */
export async function importSlide(
  ctx: Context,
  actor: Actor,
  file: { path: string; head: Buffer },
): Promise<ImportOutcome | undefined> {
  const fileName = path.basename(file.path);
  const closed = closedFormatOf(file.head, fileName);
  if (!closed && !isTiff(file.head)) return undefined;
  const { size } = await stat(file.path);
  const known = await ctx.db
    .selectFrom('slideImage')
    .select('id')
    .where('fileName', '=', fileName)
    .where('fileSize', '=', size)
    .where('state', '=', 'ready')
    .limit(1)
    .executeTakeFirst();
  if (known) return { outcome: 'duplicate', detail: `slide ${known.id}` };
  try {
    const { id } = await beginUpload(ctx, actor, { fileName, fileSize: size });
    await appendUpload(ctx, actor, id, 0, createReadStream(file.path, { highWaterMark: 1024 * 1024 }));
    return { outcome: 'stored', detail: `slide ${(await finishUpload(ctx, actor, id)).id}` };
  } catch (error) {
    if (error instanceof UnreadableSlide) return { outcome: 'refused', detail: error.message };
    throw error;
  }
}
