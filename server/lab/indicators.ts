import { sql } from 'kysely';
import type { Indicator } from '../core/quality/indicator/indicator.ts';

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
    formulaEn: 'specimens rejected \u00f7 specimens received',
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
    formulaEn: 'specimens rejected for a wrong container \u00f7 specimens received',
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
    formulaEn: 'control results out of control \u00f7 control results',
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
    formulaEn: 'external assessment results that passed \u00f7 results scored',
    cases: (span) =>
      sql`select null::uuid as order_id, r.institution_id, r.due_at as at, e.acceptable as met from lab_eqa_result e join lab_eqa_round r on r.id = e.round_id and r.state = 'scored' where e.acceptable is not null and r.due_at >= ${span.from} and r.due_at < ${span.to}`,
    changed: () =>
      sql`select due_at from lab_eqa_round where state = 'scored' and due_at > now() - interval '60 days'`,
  },
  {
    code: 'lab-contamination',
    version: 1,
    name: '血培养污染率',
    nameEn: 'Blood cultures contaminated',
    center: 'lab',
    better: 'down',
    target: 0.03,
    mark: 'N',
    formula: '判为污染菌的血培养 ÷ 同期已发布的血培养(污染由检验人员在培养结果中标明)',
    formulaEn:
      'blood cultures judged contaminated \u00f7 blood cultures released (the laboratory marks contamination in the culture)',
    cases: (span) =>
      sql`select r.order_id, o.requesting_institution_id as institution_id, r.verified_at as at, exists (select 1 from jsonb_array_elements(coalesce(r.organisms, '[]')) g where (g->>'contaminant')::boolean) as met
        from lab_result r join lab_test t on t.code = r.test_code and t.result_kind = 'culture' and t.tube_code = 'BCB' join orders o on o.id = r.order_id where r.current and r.state = 'released' and r.verified_at >= ${span.from} and r.verified_at < ${span.to}`,
    changed: (since) =>
      sql`select verified_at from lab_result where verified_at >= ${since} and organisms is not null`,
  },
  {
    code: 'lab-cv-out',
    version: 1,
    name: '室内质控变异系数不合格率',
    nameEn: 'Control CV above its limit',
    center: 'lab',
    better: 'down',
    target: 0.1,
    mark: 'N',
    formula:
      '当月变异系数高于要求(靶值 SD ÷ 均值)的质控项目 ÷ 同期有变异系数要求且当月质控不少于 10 次的项目',
    formulaEn:
      'controls whose coefficient of variation of the month exceeds its limit (target SD \u00f7 mean) \u00f7 controls with a limit and at least 10 runs in the month',
    // One case per control and month, standing on the day of its last run so far.
    cases: (span) =>
      sql`select null::uuid as order_id, i.institution_id, m.at, m.cv > t.sd / nullif(abs(t.mean), 0) as met from (
          select r.target_id, max(r.at) as at, stddev_samp(r.value) / nullif(abs(avg(r.value)), 0) as cv from lab_qc_run r
          where not r.excluded and r.verdict <> 'learning' and r.at >= (date_trunc('month', ${span.from}::timestamptz at time zone 'Asia/Shanghai') at time zone 'Asia/Shanghai') and r.at < ((date_trunc('month', ${span.to}::timestamptz at time zone 'Asia/Shanghai') + interval '1 month') at time zone 'Asia/Shanghai')
          group by r.target_id, date_trunc('month', r.at at time zone 'Asia/Shanghai') having count(*) >= 10) m
        join lab_qc_target t on t.id = m.target_id and t.sd is not null and t.mean is not null join lab_instrument i on i.id = t.instrument_id where m.at >= ${span.from} and m.at < ${span.to}`,
    changed: (since) =>
      sql`select m.at from lab_qc_run r join lab_qc_run m on m.target_id = r.target_id and date_trunc('month', m.at at time zone 'Asia/Shanghai') = date_trunc('month', r.at at time zone 'Asia/Shanghai') where r.created_at >= ${since}`,
  },
  {
    code: 'lab-total-90',
    version: 1,
    name: '检验总周转时间 P90 达标率',
    nameEn: 'Total turnaround: 90th percentile within the goal',
    center: 'lab',
    better: 'up',
    target: 0.9,
    mark: 'N',
    formula:
      '采集至报告发出 ≤ 目标(急诊、优先 4 小时,常规 24 小时)的报告 ÷ 同期报告;达到 90% 即 P90 不超过目标。时限为建议值,微生物培养除外',
    formulaEn:
      'reports sent within the goal from collection (emergency and urgent 4 h, routine 24 h) \u00f7 reports; at 90 % the P90 is within the goal. Goals are proposals; cultures are left out',
    cases: (span) =>
      sql`select o.id as order_id, o.requesting_institution_id as institution_id, o.final_at as at, o.final_at - c.at <= case when o.priority = 'routine' then interval '24 hours' else interval '4 hours' end as met
        from orders o join lateral (select min(e.at) as at from order_event e where e.order_id = o.id and e.kind = 'collected') c on c.at is not null where o.center_kind = 'lab' and o.item_class <> 'culture' and o.final_at >= ${span.from} and o.final_at < ${span.to}`,
  },
  {
    code: 'lab-critical-notified',
    version: 1,
    name: '检验危急值通报率',
    nameEn: 'Laboratory critical values notified',
    center: 'lab',
    better: 'up',
    target: 1,
    mark: 'N',
    formula: '已通报或已确认的危急值 ÷ 同期危急值',
    formulaEn: 'critical values notified or acknowledged \u00f7 critical values',
    cases: (span) =>
      sql`select v.order_id, o.requesting_institution_id as institution_id, v.found_at as at, coalesce(v.notified_at, v.acknowledged_at) is not null as met from critical_value v join orders o on o.id = v.order_id where o.center_kind = 'lab' and v.tier = 'critical' and v.state <> 'withdrawn' and v.found_at >= ${span.from} and v.found_at < ${span.to}`,
  },
];
