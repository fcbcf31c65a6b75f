import { z } from 'zod';
import type { TestRow } from '../queries.ts';

/** One organism of a culture with what acts on it. `contaminant`: judged to come from the skin, not from the blood (污染菌). */
export const organism = z.object({
  name: z.string().min(1).max(120),
  quantity: z.string().max(60).optional(),
  contaminant: z.boolean().optional(),
  susceptibilities: z
    .array(
      z.object({
        drug: z.string().min(1).max(60),
        mic: z.string().max(30).optional(),
        category: z.enum(['S', 'I', 'R']),
      }),
    )
    .max(60)
    .default([]),
});

export type Organism = z.output<typeof organism>;

/** Whatever grows is abnormal; growth in blood is critical. */
export function judgeCulture(
  test: Pick<TestRow, 'specimenType'>,
  organisms: readonly unknown[] | null | undefined,
): { flag: 'A' | null; critical: boolean } {
  const grown = (organisms?.length ?? 0) > 0;
  return { flag: grown ? 'A' : null, critical: grown && test.specimenType === '全血' };
}

/** `大肠埃希菌(头孢曲松 R、亚胺培南 S)` for text that has no table. */
export function organismText(
  organisms: readonly { name: string; susceptibilities: readonly { drug: string; category: string }[] }[],
): string {
  return organisms
    .map((one) => {
      const drugs = one.susceptibilities.map(({ drug, category }) => `${drug} ${category}`).join('、');
      return drugs ? `${one.name}(${drugs})` : one.name;
    })
    .join(';');
}
