import { z } from 'zod';

/** What an algorithm says about a case. */
export const findingsInput = z.object({
  /** One sentence for the draft beside the report. */
  conclusion: z.string().trim().min(1).max(1_000),
  positive: z.boolean(),
  findings: z
    .array(
      z.object({
        code: z.string().trim().min(1).max(80),
        label: z.string().trim().min(1).max(200),
        value: z.string().max(200).optional(),
        confidence: z.number().min(0).max(1).optional(),
        seriesUid: z.string().regex(/^[\d.]{1,64}$/).optional(), // prettier-ignore
        instanceUid: z.string().regex(/^[\d.]{1,64}$/).optional(), // prettier-ignore
      }),
    )
    .max(200)
    .default([]),
  /** Asks that the case be read sooner; heeded only for a registered algorithm that may. */
  priority: z.enum(['urgent', 'emergency']).optional(),
});
export type AlgorithmFindings = z.infer<typeof findingsInput>;
