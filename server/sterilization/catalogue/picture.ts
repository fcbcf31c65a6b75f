import sharp from 'sharp';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { invalid, notFound } from '../../core/errors.ts';
import { centerOf } from '../access.ts';

export const MAX_PICTURE_BYTES = 20 * 1024 * 1024;
const EDGE = 1600;

/**
 * Keeps a picture of an instrument or a packed set as JPEG of at most 1600 px an edge, turned upright and without the
 * camera's data (place, device). Answers its SHA-256, which a set type or instrument then names. Throws 422 for what is
 * no picture.
 */
export async function storePicture(ctx: Context, actor: Actor, bytes: Uint8Array) {
  await centerOf(ctx.db, actor, 'catalogue');
  let picture: { data: Buffer; info: { width: number; height: number } };
  try {
    picture = await sharp(bytes, { limitInputPixels: 100e6, failOn: 'error' })
      .rotate()
      .resize({ width: EDGE, height: EDGE, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: 85 })
      .toBuffer({ resolveWithObject: true });
  } catch (cause) {
    throw Object.assign(
      invalid('send a JPEG, PNG or WebP picture', [{ path: 'body', code: 'not-an-image' }]),
      { cause },
    );
  }
  const { data, info } = picture;
  const stored = await ctx.objects.put(data); // bytes first, then rows
  await ctx.db.transaction().execute(async (trx) => {
    await trx
      .insertInto('cssdPicture')
      .values({
        sha256: stored.address,
        bytes: data.length,
        width: info.width,
        height: info.height,
        uploadedAt: ctx.clock.now(),
        uploadedBy: personId(actor),
      })
      .onConflict((oc) => oc.doNothing())
      .execute();
    await recordAudit(trx, actor, {
      action: 'sterilization.picture',
      subjectType: 'cssd-picture',
      subjectId: stored.address,
      detail: { bytes: data.length },
    });
  });
  return { sha256: stored.address, bytes: data.length, width: info.width, height: info.height };
}

/** A picture of the catalogue; any other address is not found, whatever the store holds under it. */
export async function readPicture(ctx: Pick<Context, 'db' | 'objects'>, sha256: string): Promise<Buffer> {
  const known = await ctx.db
    .selectFrom('cssdPicture')
    .select('sha256')
    .where('sha256', '=', sha256)
    .executeTakeFirst();
  if (!known) throw notFound('picture', sha256);
  return ctx.objects.read(sha256);
}
