import { sql } from 'kysely';
import type { Indicator } from '../core/quality/indicator/indicator.ts';

/** Imaging indicators that need the grades of images (国卫办医政函〔2024〕150号 for the artefact rate). */
export const imagingIndicators: readonly Indicator[] = [
  {
    code: 'img-artefact',
    version: 1,
    name: 'CT/MR 图像伪影率',
    nameEn: 'CT/MR with artefacts',
    center: 'imaging',
    better: 'down',
    target: null,
    mark: 'N',
    formula: '评为有伪影的 CT/MR 检查 ÷ 同期评级的 CT/MR 检查',
    formulaEn: 'CT and MR graded with artefacts \u00f7 CT and MR graded',
    cases: (span) =>
      sql`select g.order_id, o.performing_institution_id as institution_id, g.graded_at as at, g.faults && array['artefact', 'motion', 'metal'] as met from image_grade g join orders o on o.id = g.order_id and o.modality in ('CT', 'MR') where g.superseded_at is null and g.graded_at >= ${span.from} and g.graded_at < ${span.to}`,
    changed: (since) =>
      sql`select graded_at from image_grade where graded_at >= ${since} or superseded_at >= ${since}`,
  },
  {
    code: 'img-grade-a',
    version: 1,
    name: '影像甲级片率',
    nameEn: 'Images of grade A',
    center: 'imaging',
    better: 'up',
    target: 0.4,
    mark: 'L',
    formula: '评为甲级的检查 ÷ 同期评级检查',
    formulaEn: 'examinations graded A \u00f7 examinations graded',
    cases: (span) =>
      sql`select g.order_id, o.performing_institution_id as institution_id, g.graded_at as at, g.grade = 'A' as met from image_grade g join orders o on o.id = g.order_id where g.superseded_at is null and g.graded_at >= ${span.from} and g.graded_at < ${span.to}`,
  },
];
