import { z } from 'zod';

const instant = z.iso.datetime({ offset: true });

/** What the site writes about a specimen. What was not measured is left out; the hub never fills in a time. */
export const specimenInput = z.object({
  site: z.string().trim().min(1).max(100),
  siteCode: z.string().max(40).optional(),
  laterality: z.enum(['left', 'right', 'both', 'midline', 'none', 'unknown']).default('unknown'),
  procedure: z.string().max(100).optional(),
  fixative: z.string().max(60).optional(),
  removedAt: instant.optional(),
  fixationStartedAt: instant.optional(),
  coldIschaemiaMinutes: z.number().int().min(0).max(10_080).optional(),
  note: z.string().max(500).optional(),
  containers: z.number().int().min(1).max(20).default(1),
});

export const clinicalInput = z.object({
  diagnosis: z.string().max(1_000).optional(),
  history: z.string().max(4_000).optional(),
  operativeFindings: z.string().max(4_000).optional(),
  previousPathology: z.string().max(1_000).optional(),
  infectious: z.string().max(200).optional(),
  lastMenstruation: z.string().max(40).optional(),
  /** a consultation: where the slides were made, their number there, what was sent of them */
  outsideLaboratory: z.string().max(100).optional(),
  outsideNumber: z.string().max(60).optional(),
  outsideMaterial: z.string().max(500).optional(),
});

/** Fields that pathology adds to `POST /api/orders`. */
export const caseInput = z.object({
  specimens: z.array(specimenInput).max(30).default([]),
  clinical: clinicalInput.default({}),
  frozen: z.object({ appointmentAt: instant.optional(), theatre: z.string().max(60).optional() }).optional(),
});

export type SpecimenInput = z.output<typeof specimenInput>;

export type CaseKind = 'histology' | 'frozen' | 'cytology' | 'consultation';

/** Kind of a case by the class of its item. */
export function caseKindOf(itemClass: string): CaseKind {
  if (itemClass === 'frozen' || itemClass === 'cytology' || itemClass === 'consultation') return itemClass;
  return 'histology';
}

/** A, B … Z, AA, AB …: letters of the specimens of a case. */
export function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : String.fromCharCode(64 + Math.floor(index / 26)) + letter;
}
