import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { conflict, forbidden, notFound, tooLarge } from '../../core/errors.ts';
import { getVisibleSlide } from './slideAccess.ts';

/** A part is durable, and counted, every so many bytes: what a line that breaks can cost at most. */
export const partBytes = 16 * 1024 * 1024;

export interface UploadState {
  id: string;
  state: string;
  offset: number;
  size: number;
  uploadedBy: string | null;
}

/** How far an upload has come; only its uploader may go on with it. */
export async function uploadState(ctx: Pick<Context, 'db'>, actor: Actor, id: string): Promise<UploadState> {
  await getVisibleSlide(ctx.db, actor, id);
  const row = await ctx.db
    .selectFrom('slideImage')
    .select(['id', 'state', 'receivedBytes', 'fileSize', 'uploadedBy'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('upload', id);
  const { receivedBytes, fileSize, ...rest } = row;
  return { ...rest, offset: receivedBytes, size: fileSize };
}

async function recordPart(
  ctx: Context,
  id: string,
  start: number,
  part: { address: string; size: number },
): Promise<void> {
  await ctx.db.transaction().execute(async (trx) => {
    const moved = await trx
      .updateTable('slideImage')
      .set({ receivedBytes: start + part.size, updatedAt: ctx.clock.now() })
      .where('id', '=', id)
      .where('state', '=', 'uploading')
      .where('receivedBytes', '=', start)
      .where('fileSize', '>=', start + part.size)
      .executeTakeFirst();
    if (moved.numUpdatedRows !== 1n)
      throw conflict('wrong-offset', 'somebody else sent this part; ask for the offset again');
    await trx
      .insertInto('slideImagePart')
      .values({ slideImageId: id, fileNumber: 0, start, size: part.size, objectAddress: part.address })
      .execute();
  });
}

/**
 * Takes the bytes of an upload from `offset` on. Every {@link partBytes} they become durable and are counted; when the
 * line breaks, the parts that arrived stay. Throws 409 `wrong-offset` naming the offset wanted, 413 past the end.
 * Returns the new offset.
 */
export async function appendUpload(
  ctx: Context,
  actor: Actor,
  id: string,
  offset: number,
  body: AsyncIterable<Buffer>,
): Promise<number> {
  const upload = await uploadState(ctx, actor, id);
  if (upload.uploadedBy !== null && upload.uploadedBy !== actor.id)
    throw forbidden('somebody else is uploading this slide', 'upload-of-other');
  if (upload.state !== 'uploading')
    throw conflict('upload-ended', `the upload is ${upload.state}`, { state: upload.state });
  if (offset !== upload.offset) {
    throw conflict('wrong-offset', `the upload goes on at ${upload.offset}, not ${offset}`, {
      offset: upload.offset,
    });
  }
  let start = offset;
  let writer = await ctx.objects.open();
  let held = 0;
  try {
    for await (const chunk of body) {
      if (start + held + chunk.length > upload.size)
        throw tooLarge(`more bytes than the ${upload.size} announced`);
      await writer.write(chunk);
      held += chunk.length;
      if (held < partBytes) continue;
      await recordPart(ctx, id, start, await writer.commit());
      start += held;
      held = 0;
      writer = await ctx.objects.open();
    }
    if (held > 0) {
      await recordPart(ctx, id, start, await writer.commit());
      start += held;
    }
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return start;
}
