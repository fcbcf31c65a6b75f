import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { hashSource } from './finishUpload.ts';
import { loadParts, partsSource } from './partsSource.ts';

/** Background work: the SHA-256 of files that were too large to hash while their uploader waited. */
export async function hashSlide(ctx: Context, payload: Record<string, unknown>): Promise<void> {
  const { id } = z.object({ id: z.uuid() }).parse(payload);
  const files = await loadParts(ctx.db, id);
  for (const [number, parts] of files.entries()) {
    const sha256 = await hashSource(partsSource(ctx.objects, parts));
    await ctx.db
      .updateTable('slideImageFile')
      .set({ sha256 })
      .where('slideImageId', '=', id)
      .where('number', '=', number)
      .where('sha256', 'is', null)
      .execute();
  }
}
