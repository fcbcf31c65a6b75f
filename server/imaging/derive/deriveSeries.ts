import { SYSTEM } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { DomainError } from '../../core/errors.ts';
import { resolveImages, type ResolvedInstance } from '../query/resolveImages.ts';
import { renderPicture } from '../renderPicture.ts';
import { metadataArray } from '../seriesMetadata.ts';
import { findDamage } from './findDamage.ts';
import { deriveRendition } from './deriveRendition.ts';
import { writePreview } from './writePreview.ts';

const THUMBNAIL_PIXELS = 160;

/**
 * Derives what makes a settled series quick to read: its metadata, an HTJ2K rendition of each instance, the previews of
 * all frames in one object and a thumbnail. Each step stands by itself and is not repeated; originals stay untouched.
 */
export async function deriveSeries(ctx: Context, seriesId: number): Promise<void> {
  const series = await ctx.db
    .selectFrom('series')
    .innerJoin('study', 'study.id', 'series.studyId')
    .select(['series.seriesInstanceUid', 'study.studyInstanceUid'])
    .where('series.id', '=', seriesId)
    .executeTakeFirst();
  if (!series) return;
  const path = { study: series.studyInstanceUid, series: series.seriesInstanceUid };
  const instances = await resolveImages(ctx, SYSTEM, path).catch((error: unknown) => {
    if (error instanceof DomainError && error.status === 404) return [];
    throw error;
  });
  if (instances.length === 0) return;
  await deriveMetadata(ctx, seriesId, instances);
  await deriveThumbnail(ctx, seriesId, instances);
  for (const instance of instances) {
    await findDamage(ctx, instance);
    if (!instance.rendition) await deriveRendition(ctx, instance);
  }
  const preview = await writePreview(ctx, await resolveImages(ctx, SYSTEM, path));
  await ctx.db
    .updateTable('seriesDerived')
    .set({
      previewAddress: preview?.address ?? null,
      previewSize: preview?.size ?? null,
      updatedAt: ctx.clock.now(),
    })
    .where('seriesId', '=', seriesId)
    .execute();
}

async function deriveMetadata(ctx: Context, seriesId: number, instances: ResolvedInstance[]): Promise<void> {
  const { gzipped } = await metadataArray(ctx, instances);
  const stored = await ctx.objects.put(gzipped);
  const row = {
    instances: instances.length,
    metadataAddress: stored.address,
    metadataSize: stored.size,
    updatedAt: ctx.clock.now(),
  };
  await ctx.db
    .insertInto('seriesDerived')
    .values({ seriesId, ...row })
    .onConflict((oc) => oc.column('seriesId').doUpdateSet(row))
    .execute();
}

async function deriveThumbnail(ctx: Context, seriesId: number, instances: ResolvedInstance[]): Promise<void> {
  const instance =
    instances.filter((candidate) => candidate.rows !== null)[Math.floor(instances.length / 2)] ??
    instances.find((candidate) => candidate.rows !== null);
  if (!instance) return;
  const picture = await renderPicture(ctx, instance, Math.ceil(instance.numberOfFrames / 2), {
    type: 'image/jpeg',
    maxSize: THUMBNAIL_PIXELS,
    quality: 75,
  }).catch((error: unknown) => {
    if (error instanceof DomainError && error.status < 500) return undefined; // a picture that cannot be rendered has no thumbnail
    throw error;
  });
  if (!picture) return;
  const { address } = await ctx.objects.put(picture);
  await ctx.db
    .updateTable('seriesDerived')
    .set({ thumbnailAddress: address })
    .where('seriesId', '=', seriesId)
    .execute();
}
