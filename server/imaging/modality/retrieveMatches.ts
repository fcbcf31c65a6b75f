import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { findImages, type ImageQuery } from '../query/findImages.ts';
import { otherPlainSyntax, recodeDataSet } from './recodeDataSet.ts';
import { resolveImages, type ResolvedInstance } from '../query/resolveImages.ts';

const MOST_STUDIES = 200;

/** Everything below the studies or series that match, for C-MOVE and C-GET. Audited per study. */
export async function retrieveMatches(
  ctx: Context,
  actor: Actor,
  query: Pick<ImageQuery, 'level' | 'keys'>,
): Promise<ResolvedInstance[]> {
  const matches = await findImages(ctx, actor, {
    ...query,
    limit: query.level === 'study' ? MOST_STUDIES : 5_000,
  });
  const found: ResolvedInstance[] = [];
  for (const match of matches)
    found.push(
      ...(await resolveImages(
        ctx,
        actor,
        {
          study: match.study_instance_uid,
          series: match.series_instance_uid,
          instance: match.sop_instance_uid,
        },
        'study.retrieve',
      )),
    );
  return found;
}

/** The same in the other plain coding, for peers that took only that; undefined for compressed objects. */
export function recodedDataSet(
  ctx: Pick<Context, 'objects'>,
  instance: ResolvedInstance,
): { transferSyntax: string; open: () => AsyncGenerator<Buffer> } | undefined {
  const transferSyntax = otherPlainSyntax(instance.transferSyntax);
  if (!transferSyntax) return undefined;
  return {
    transferSyntax,
    async *open() {
      yield recodeDataSet(await ctx.objects.read(instance.objectAddress));
    },
  };
}

/** The data set of an instance as it was received, without file meta information. */
export async function* openDataSet(
  ctx: Pick<Context, 'objects'>,
  instance: ResolvedInstance,
): AsyncGenerator<Buffer> {
  const stream = await ctx.objects.stream(instance.objectAddress, {
    start: instance.dataSetOffset,
    end: instance.objectSize - 1,
  });
  for await (const chunk of stream) yield chunk as Buffer;
}
