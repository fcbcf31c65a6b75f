import type { Context } from '../../core/context.ts';
import type { StoredObject } from '../../core/storage/objectStore.ts';
import type { ResolvedInstance } from '../query/resolveImages.ts';

/** Index of a preview object; offsets count from the end of the index. */
export interface PreviewIndex {
  transferSyntax: string;
  /** log2 of the reduction: 3 = 1/8. */
  decodeLevel: number;
  instances: { sopInstanceUid: string; frames: [offset: number, length: number][] }[];
}

export const PREVIEW_LEVEL = 3;

/**
 * Writes the low-resolution prefixes of all frames of a series into one object, in order of instances:
 * `u32 length of the index (little endian), index as JSON, prefixes`. Undefined when nothing has a rendition.
 */
export async function writePreview(
  ctx: Pick<Context, 'objects'>,
  instances: ResolvedInstance[],
): Promise<StoredObject | undefined> {
  const derived = instances.filter((instance) => instance.rendition !== null);
  const [first] = derived;
  if (!first?.rendition) return undefined;
  const index: PreviewIndex = {
    transferSyntax: first.rendition.transferSyntax,
    decodeLevel: PREVIEW_LEVEL,
    instances: [],
  };
  let offset = 0;
  for (const { sopInstanceUid, rendition } of derived) {
    const frames = (rendition?.frames ?? []).map(([, , prefix]): [number, number] => {
      offset += prefix;
      return [offset - prefix, prefix];
    });
    index.instances.push({ sopInstanceUid, frames });
  }
  const json = Buffer.from(JSON.stringify(index));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const writer = await ctx.objects.open();
  try {
    await writer.write(Buffer.concat([length, json]));
    for (const { rendition } of derived)
      for (const [start, , prefix] of rendition?.frames ?? [])
        await writer.write(
          await ctx.objects.read(rendition?.objectAddress ?? '', { start, end: start + prefix - 1 }),
        );
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return writer.commit();
}
