import { z } from 'zod';
import type { ReportContent } from '../../core/center.ts';

/** What a pathology report holds beside findings (microscopy) and impression (diagnosis). */
const pathologyContent = z.looseObject({
  gross: z.string().max(60_000).optional(),
  findings: z.string().optional(),
  impression: z.string().optional(),
  /** immunohistochemistry and special stains */
  ihc: z
    .array(
      z.object({
        marker: z.string().max(60),
        result: z.string().max(200),
        percent: z.number().min(0).max(100).optional(),
        intensity: z.string().max(20).optional(),
        block: z.string().max(20).optional(),
      }),
    )
    .max(100)
    .optional(),
  images: z
    .array(
      z.object({
        snapshotId: z.uuid().optional(),
        photoId: z.uuid().optional(),
        caption: z.string().max(200).optional(),
      }),
    )
    .max(12)
    .optional(),
  synoptic: z
    .object({
      code: z.string().max(40),
      version: z.number().int(),
      values: z.record(
        z.string().max(40),
        z.union([z.string().max(2_000), z.number(), z.array(z.string().max(60)).max(60)]),
      ),
    })
    .optional(),
  codes: z.array(z.string().max(40)).max(40).optional(),
  comment: z.string().max(10_000).optional(),
});

export type PathologyContent = z.output<typeof pathologyContent>;

/** Reads the content of a draft; undefined with the places where it has another form than this centre writes. */
export function readContent(content: ReportContent): { content?: PathologyContent; faults: string[] } {
  const parsed = pathologyContent.safeParse(content);
  if (parsed.success) return { content: parsed.data, faults: [] };
  return { faults: parsed.error.issues.map(({ path }) => path.join('.')) };
}
