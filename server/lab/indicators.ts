import { sql } from 'kysely';
import type { Indicator } from '../core/quality/indicators.ts';

const received =
  (met: ReturnType<typeof sql>): Indicator['cases'] =>
  (span) =>
    sql`select c.order_id, o.requesting_institution_id as institution_id, c.received_at as at, ${met} as met from lab_container c join orders o on o.id = c.order_id where c.received_at >= ${span.from} and c.received_at < ${span.to}`;

/** Laboratory indicators of 2025 that need tubes, control runs and external assessment (N by name, formulae P). */
export const labIndicators: readonly Indicator[] = [
  {
    code: 'lab-specimen-rejected',
    version: 1,
    name: '标本不合格率',
    nameEn: 'Specimens rejected',
    center: 'lab',
    better: 'down',
    target: 0.01,
    mark: 'N',
    formula: '拒收标本 ÷ 同期接收标本',
    cases: received(sql`c.rejection_code is not null`),
  },
  {
    code: 'lab-specimen-type',
    version: 1,
    name: '标本类型错误率',
    nameEn: 'Wrong specimen type',
    center: 'lab',
    better: 'down',
    target: 0.001,
    mark: 'N',
    formula: '因容器(标本类型)错误拒收的标本 ÷ 同期接收标本',
    cases: received(sql`coalesce(c.rejection_code = 'wrong-tube', false)`),
  },
  {
    code: 'lab-qc-out',
    version: 1,
    name: '室内质控失控率',
    nameEn: 'Control runs out of control',
    center: 'lab',
    better: 'down',
    target: 0.05,
    mark: 'P',
    formula: '失控的质控结果 ÷ 同期质控结果',
    cases: (span) =>
      sql`select null::uuid as order_id, i.institution_id, r.at, r.verdict = 'rejected' as met from lab_qc_run r join lab_qc_target t on t.id = r.target_id join lab_instrument i on i.id = t.instrument_id where r.verdict <> 'learning' and r.at >= ${span.from} and r.at < ${span.to}`,
    changed: (since) => sql`select at from lab_qc_run where created_at >= ${since}`,
  },
  {
    code: 'lab-eqa-passed',
    version: 1,
    name: '室间质评合格率',
    nameEn: 'External assessment passed',
    center: 'lab',
    better: 'up',
    target: 0.8,
    mark: 'N',
    formula: '合格的室间质评结果 ÷ 同期已评分结果',
    cases: (span) =>
      sql`select null::uuid as order_id, r.institution_id, r.due_at as at, e.acceptable as met from lab_eqa_result e join lab_eqa_round r on r.id = e.round_id and r.state = 'scored' where e.acceptable is not null and r.due_at >= ${span.from} and r.due_at < ${span.to}`,
    changed: () =>
      sql`select due_at from lab_eqa_round where state = 'scored' and due_at > now() - interval '60 days'`,
  },
];
