import { sql } from 'kysely';
import type { Indicator } from '../core/quality/indicator/indicator.ts';

/** Pathology indicators of 2024 that need specimens and re-checks, for the county's figures. */
export const pathologyCountyIndicators: readonly Indicator[] = [
  {
    code: 'path-fixation',
    version: 1,
    name: '标本规范化固定率',
    nameEn: 'Standard fixation',
    center: 'pathology',
    better: 'up',
    target: 0.9,
    mark: 'N',
    formula: '离体 60 分钟内固定的标本所属病例 ÷ 同期接收的组织病例',
    formulaEn: 'cases whose specimens were fixed within 60 min of removal \u00f7 tissue cases received',
    cases: (span) =>
      sql`select o.id as order_id, o.requesting_institution_id as institution_id, o.received_at as at, bool_and(s.fixation_started_at is not null and coalesce(s.cold_ischaemia_minutes <= 60, false)) as met from orders o join pathology_case c on c.order_id = o.id and c.kind = 'histology' join pathology_specimen s on s.order_id = o.id where o.received_at >= ${span.from} and o.received_at < ${span.to} group by o.id`,
  },
  {
    code: 'path-frozen-agreement',
    version: 1,
    name: '冰冻与石蜡诊断符合率',
    nameEn: 'Frozen and paraffin agree',
    center: 'pathology',
    better: 'up',
    target: 0.95,
    mark: 'N',
    formula: '冰冻与石蜡诊断相符 ÷ 同期已比较的冰冻',
    formulaEn: 'frozen diagnoses that agree with paraffin \u00f7 frozen sections compared',
    cases: (span) =>
      sql`select f.order_id, o.requesting_institution_id as institution_id, f.compared_at as at, f.agreement in ('agree', 'minor') as met from pathology_frozen f join orders o on o.id = f.order_id where f.agreement <> 'deferred' and f.compared_at >= ${span.from} and f.compared_at < ${span.to}`,
    changed: (since) => sql`select compared_at from pathology_frozen where compared_at >= ${since}`,
  },
  {
    code: 'path-cyto-recheck',
    version: 1,
    name: '细胞学阴性复检符合率',
    nameEn: 'Negative cytology re-checks agree',
    center: 'pathology',
    better: 'up',
    target: 0.98,
    mark: 'P',
    formula: '复检相符的阴性细胞学 ÷ 同期已复检',
    formulaEn: 'negative cytology re-checks that agree \u00f7 negative cytology re-checked',
    cases: (span) =>
      sql`select r.order_id, o.requesting_institution_id as institution_id, r.read_at as at, r.agrees as met from pathology_recheck r join orders o on o.id = r.order_id where r.read_at >= ${span.from} and r.read_at < ${span.to}`,
    changed: (since) => sql`select read_at from pathology_recheck where read_at >= ${since}`,
  },
  {
    code: 'path-cyto-recheck-rate',
    version: 1,
    name: '细胞学阴性复检率',
    nameEn: 'Negative cytology read again',
    center: 'pathology',
    better: 'up',
    target: 0.05,
    mark: 'N',
    formula: '已复检的阴性细胞学 ÷ 同期签发的阴性细胞学',
    formulaEn: 'negative cytology read again \u00f7 negative cytology signed',
    cases: (span) =>
      sql`select o.id as order_id, o.requesting_institution_id as institution_id, o.final_at as at, exists (select 1 from pathology_recheck r where r.order_id = o.id and r.read_at is not null) as met from orders o where o.center_kind = 'pathology' and o.item_class = 'cytology' and o.positive is false and o.final_at >= ${span.from} and o.final_at < ${span.to}`,
    changed: (since) =>
      sql`select o.final_at from pathology_recheck r join orders o on o.id = r.order_id where r.read_at >= ${since}`,
  },
];
