import { z } from 'zod';
import type { ReportContent } from '../center.ts';

const MAX_BYTES = 400_000;

/** What every report has; a centre adds its own structured fields beside it. */
export const reportContent = z
  .looseObject({
    findings: z.string().max(60_000).optional(),
    impression: z.string().max(20_000).optional(),
    positive: z.boolean().optional(),
    critical: z.boolean().optional(),
  })
  .refine((content) => JSON.stringify(content).length <= MAX_BYTES, {
    message: `a report is at most ${MAX_BYTES} bytes`,
    params: { code: 'report-too-long', most: `${MAX_BYTES / 1000} kB` },
  });

/** Stable JSON: the same content gives the same bytes whatever order its keys came in. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

export function isEmptyContent(content: ReportContent): boolean {
  const text = (key: string) => (typeof content[key] === 'string' ? content[key].trim() : '');
  return text('impression') === '' && text('findings') === '';
}
