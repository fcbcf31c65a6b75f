import sharp from 'sharp';
import { personId, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { invalid, notFound, tooLarge } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import { getVisibleOrder } from '../../core/order/order.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { atBench } from './caseRow.ts';

const maxPhotoBytes = 20 * 1024 * 1024;
const formats: Record<string, string> = { jpeg: 'image/jpeg', png: 'image/png', webp: 'image/webp' };

/** Stores a macroscopic photograph of a case as it came. Throws 422 for what is no JPEG, PNG or WebP. */
export async function addPhoto(
  ctx: Context,
  actor: Actor,
  orderId: string,
  body: AsyncIterable<Buffer>,
  about: { specimen?: string | undefined; caption?: string | undefined },
) {
  const takenBy = personId(actor);
  const order = await getVisibleOrder(ctx.db, actor, orderId);
  atBench(actor, 'bench.work', order);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxPhotoBytes) throw tooLarge(`a photograph is at most ${maxPhotoBytes} bytes`, '20 MB');
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const metadata = await sharp(bytes, { limitInputPixels: 100e6 })
    .metadata()
    .catch((): { format?: string } => ({}));
  const contentType = formats[metadata.format ?? ''];
  if (!contentType)
    throw invalid('send a JPEG, PNG or WebP picture', [{ path: 'body', code: 'not-an-image' }]);
  const stored = await ctx.objects.put(bytes); // bytes first, then rows
  let id = '';
  await act(ctx, actor, orderId, 'pathology.photo', async (trx, locked) => {
    const specimen = about.specimen
      ? await trx
          .selectFrom('pathologySpecimen')
          .select('id')
          .where('orderId', '=', orderId)
          .where('letter', '=', about.specimen)
          .executeTakeFirst()
      : undefined;
    const row = await trx
      .insertInto('pathologyPhoto')
      .values({
        orderId,
        specimenId: specimen?.id ?? null,
        objectAddress: stored.address,
        contentType,
        caption: about.caption ?? null,
        at: ctx.clock.now(),
        takenBy,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    id = row.id;
    await recordEvent(ctx, trx, actor, locked, { kind: 'photo', detail: { photoId: row.id } });
    return locked;
  });
  return { id };
}

/** A photograph, for those who see its case. */
export async function readPhoto(
  ctx: Context,
  actor: Actor,
  id: string,
): Promise<{ bytes: Buffer; contentType: string }> {
  const row = await ctx.db.selectFrom('pathologyPhoto').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('photograph', id);
  await getVisibleOrder(ctx.db, actor, row.orderId);
  return { bytes: await ctx.objects.read(row.objectAddress), contentType: row.contentType };
}
