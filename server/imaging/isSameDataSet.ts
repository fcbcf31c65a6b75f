import { createHash } from 'node:crypto';
import type { Context } from '../core/context.ts';
import type { StoredObject } from './storedObject.ts';

type Located = Pick<StoredObject, 'objectAddress' | 'objectSize' | 'dataSetOffset' | 'transferSyntax'>;

/**
 * Whether two stored objects hold the same data set in the same transfer syntax, whatever their file meta groups say
 * (DESIGN, data rule 3). Equal addresses answer at once; otherwise both are read and their SHA-256 compared.
 */
export async function isSameDataSet(
  ctx: Pick<Context, 'objects'>,
  first: Located,
  second: Located,
): Promise<boolean> {
  if (first.transferSyntax !== second.transferSyntax) return false;
  if (first.objectAddress === second.objectAddress) return true;
  if (first.objectSize - first.dataSetOffset !== second.objectSize - second.dataSetOffset) return false;
  const [one, other] = await Promise.all([dataSetSha256(ctx, first), dataSetSha256(ctx, second)]);
  return one === other;
}

async function dataSetSha256(ctx: Pick<Context, 'objects'>, object: Located): Promise<string> {
  const hash = createHash('sha256');
  const range = { start: object.dataSetOffset, end: object.objectSize - 1 };
  for await (const chunk of await ctx.objects.stream(object.objectAddress, range))
    hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
