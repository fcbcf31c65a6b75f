import { sql, type RawBuilder } from 'kysely';
import type { CenterKind } from '../../../db/types.ts';
import type { Center } from '../center.ts';

/** A span of instants, from inclusive, to exclusive; columns of an outer row where days are opened one by one. */
export interface Span {
  from: Date | RawBuilder<unknown>;
  to: Date | RawBuilder<unknown>;
}

export interface Indicator {
  code: string;
  /** Raised whenever the query changes; a frozen figure names the version it was computed with. */
  version: number;
  name: string;
  nameEn: string;
  center: CenterKind | 'community';
  better: 'up' | 'down';
  /** Share that is aimed at, 0…1; null: only observed. */
  target: number | null;
  /** N national, L local, P proposal. */
  mark: 'N' | 'L' | 'P';
  formula: string;
  /** A volume or count that serves other figures; not listed among the indicators. */
  hidden?: true;
  /** Rows (order_id, institution_id, at, met) of every case of the denominator in a span. `order_id` may be null. */
  cases(span: Span): RawBuilder<unknown>;
  /** Instants (one column) of cases that changed since then without an event of their order. */
  changed?(since: Date): RawBuilder<unknown>;
}

/** Cases whose clock of a policy ended in the span; met = on time. */
const clock = (code: string) => (span: Span) =>
  sql`select c.order_id, o.requesting_institution_id as institution_id, c.stopped_at as at, c.state = 'met' as met from order_clock c join turnaround_policy p on p.id = c.policy_id and p.code = ${code} join orders o on o.id = c.order_id where c.stopped_at >= ${span.from} and c.stopped_at < ${span.to} and c.state in ('met', 'breached')`;

/**
 * Cases of a centre signed in the span; met = every service clock on time. `limit 1` keeps the planner from hashing all
 * clocks (or events) of five years for the cases of one day.
 */
const serviceOnTime = (center: CenterKind | null) => (span: Span) =>
  sql`select o.id as order_id, o.requesting_institution_id as institution_id, o.final_at as at, (select true from order_clock c where c.order_id = o.id and c.kind = 'service' and c.state = 'breached' limit 1) is null as met from orders o where ${center ? sql`o.center_kind = ${center}::center_kind` : sql`true`} and o.final_at >= ${span.from} and o.final_at < ${span.to}`;

/** Critical values found in the span in a centre (or any); met = notified or acknowledged within 10 minutes. */
const criticalOnTime = (center: CenterKind | null) => (span: Span) =>
  sql`select v.order_id, o.requesting_institution_id as institution_id, v.found_at as at, coalesce(least(v.notified_at, v.acknowledged_at) <= v.found_at + interval '10 minutes', false) as met from critical_value v join orders o on o.id = v.order_id where v.found_at >= ${span.from} and v.found_at < ${span.to} and v.tier = 'critical' and v.state <> 'withdrawn' and ${center ? sql`o.center_kind = ${center}::center_kind` : sql`true`}`;

/** Orders accepted in the span; met = an event of this kind happened to them (returned, corrected …). */
const happened = (kind: string, center: CenterKind | null, base: 'received' | 'final') => (span: Span) =>
  sql`select o.id as order_id, o.requesting_institution_id as institution_id, o.${sql.raw(base === 'final' ? 'final_at' : 'received_at')} as at, coalesce((select true from order_event e where e.order_id = o.id and e.kind = ${kind} limit 1), false) as met from orders o where o.${sql.raw(base === 'final' ? 'final_at' : 'received_at')} >= ${span.from} and o.${sql.raw(base === 'final' ? 'final_at' : 'received_at')} < ${span.to} and ${center ? sql`o.center_kind = ${center}::center_kind` : sql`true`}`;

const reviewed = (span: Span) =>
  sql`select r.order_id, o.requesting_institution_id as institution_id, r.decided_at as at, coalesce((r.compliance->>'compliant')::boolean, false) as met from quality_review r join orders o on o.id = r.order_id where r.decided_at >= ${span.from} and r.decided_at < ${span.to} and r.compliance is not null`;

/** Orders made in the span in a centre; met = signed meanwhile. With `member`: only those of another site than the reporting one. */
const volume = (center: CenterKind, member: boolean) => (span: Span) =>
  sql`select o.id as order_id, o.requesting_institution_id as institution_id, o.created_at as at, o.final_at is not null as met from orders o where o.created_at >= ${span.from} and o.created_at < ${span.to} and o.center_kind = ${center}::center_kind and ${member ? sql`o.requesting_institution_id <> o.reporting_institution_id` : sql`true`}`;

const criticalAcknowledged = (span: Span) =>
  sql`select v.order_id, o.requesting_institution_id as institution_id, v.found_at as at, v.acknowledged_at is not null as met from critical_value v join orders o on o.id = v.order_id where v.found_at >= ${span.from} and v.found_at < ${span.to} and v.state <> 'withdrawn'`;

/** Township and village examinations; met = read by another institution than the one that asked. */
const readByCounty = (span: Span) =>
  sql`select o.id as order_id, o.requesting_institution_id as institution_id, o.final_at as at, o.reporting_institution_id <> o.requesting_institution_id as met from orders o join institution i on i.id = o.requesting_institution_id and i.kind in ('township', 'community', 'village') where o.center_kind in ('imaging', 'ecg') and o.final_at >= ${span.from} and o.final_at < ${span.to}`;

const recognized = (span: Span) =>
  sql`select p.source_order_id as order_id, p.institution_id, p.prompted_at as at, coalesce(p.decision = 'adopt', false) as met from recognition_prompt p where p.prompted_at >= ${span.from} and p.prompted_at < ${span.to}`;

const CENTERS = ['imaging', 'ecg', 'lab', 'pathology', 'sterilization'] as const;

const count = (code: string, name: string, nameEn: string, cases: Indicator['cases']): Indicator => ({
  code,
  version: 1,
  name,
  nameEn,
  center: 'community',
  better: 'up',
  target: null,
  mark: 'P',
  formula: name,
  hidden: true,
  cases,
});

/** Indicators of the core; formulas are shown to whoever reads a figure. */
export const INDICATORS: Indicator[] = [
  {
    code: 'img-emergency-2h',
    version: 1,
    name: '急诊影像报告 2 小时内完成率',
    nameEn: 'Emergency imaging reported within 2 h',
    center: 'imaging',
    better: 'up',
    target: 0.95,
    mark: 'N',
    formula: '检查开始至报告签发 ≤ 2 小时的急诊检查 ÷ 同期急诊检查',
    cases: (span) => sql`${clock('img-ind-xray')(span)} union all ${clock('img-ind-ct')(span)}`,
  },
  {
    code: 'img-on-time',
    version: 1,
    name: '影像报告及时率',
    nameEn: 'Imaging reports on time',
    center: 'imaging',
    better: 'up',
    target: 0.95,
    mark: 'L',
    formula: '服务时钟未超时的报告 ÷ 同期签发报告',
    cases: serviceOnTime('imaging'),
  },
  {
    code: 'img-writing',
    version: 1,
    name: '影像报告书写合格率',
    nameEn: 'Report writing compliance',
    center: 'imaging',
    better: 'up',
    target: 0.95,
    mark: 'N',
    formula: '抽查书写合格的报告 ÷ 抽查报告',
    cases: reviewed,
    changed: (since) => sql`select decided_at from quality_review where decided_at >= ${since}`,
  },
  {
    code: 'img-critical-10',
    version: 1,
    name: '影像危急值 10 分钟内通报率',
    nameEn: 'Imaging critical values notified within 10 min',
    center: 'imaging',
    better: 'up',
    target: 1,
    mark: 'N',
    formula: '发现后 10 分钟内通报的危急值 ÷ 同期危急值',
    cases: criticalOnTime('imaging'),
  },
  {
    code: 'img-returned',
    version: 1,
    name: '影像退回率',
    nameEn: 'Studies returned',
    center: 'imaging',
    better: 'down',
    target: 0.05,
    mark: 'P',
    formula: '被退回的检查 ÷ 同期核收检查',
    cases: happened('returned', 'imaging', 'received'),
  },
  {
    code: 'ecg-on-time',
    version: 1,
    name: '心电报告及时率',
    nameEn: 'ECG reports on time',
    center: 'ecg',
    better: 'up',
    target: 0.95,
    mark: 'L',
    formula: '服务时钟未超时的报告 ÷ 同期签发报告',
    cases: serviceOnTime('ecg'),
  },
  {
    code: 'ecg-chest-pain-10',
    version: 1,
    name: '胸痛心电 10 分钟完成率',
    nameEn: 'Chest pain ECG within 10 min',
    center: 'ecg',
    better: 'up',
    target: 1,
    mark: 'N',
    formula: '上传至签发 ≤ 10 分钟的胸痛心电 ÷ 同期胸痛心电',
    cases: clock('ecg-chest-pain'),
  },
  {
    code: 'ecg-critical-10',
    version: 1,
    name: '心电危急值 10 分钟内通报率',
    nameEn: 'ECG critical values notified within 10 min',
    center: 'ecg',
    better: 'up',
    target: 1,
    mark: 'L',
    formula: '发现后 10 分钟内通报的危急值 ÷ 同期危急值',
    cases: criticalOnTime('ecg'),
  },
  {
    code: 'lab-on-time',
    version: 1,
    name: '检验报告及时率',
    nameEn: 'Laboratory reports on time',
    center: 'lab',
    better: 'up',
    target: 0.95,
    mark: 'L',
    formula: '服务时钟未超时的报告 ÷ 同期签发报告',
    cases: serviceOnTime('lab'),
  },
  {
    code: 'lab-critical-10',
    version: 1,
    name: '检验危急值 10 分钟内通报率',
    nameEn: 'Laboratory critical values notified within 10 min',
    center: 'lab',
    better: 'up',
    target: 1,
    mark: 'N',
    formula: '发现后 10 分钟内通报的危急值 ÷ 同期危急值',
    cases: criticalOnTime('lab'),
  },
  {
    code: 'lab-incorrect',
    version: 1,
    name: '检验报告不正确率',
    nameEn: 'Incorrect laboratory reports',
    center: 'lab',
    better: 'down',
    target: 0.005,
    mark: 'N',
    formula: '签发后更正的报告 ÷ 同期签发报告',
    cases: happened('corrected', 'lab', 'final'),
  },
  {
    code: 'path-frozen',
    version: 1,
    name: '术中冰冻及时率',
    nameEn: 'Frozen sections on time',
    center: 'pathology',
    better: 'up',
    target: 0.9,
    mark: 'N',
    formula: '30 分钟内完成的冰冻 ÷ 同期冰冻',
    cases: clock('path-frozen'),
  },
  {
    code: 'path-small',
    version: 1,
    name: '小活检病理及时率',
    nameEn: 'Small biopsies on time',
    center: 'pathology',
    better: 'up',
    target: 0.9,
    mark: 'N',
    formula: '3 个工作日内完成 ÷ 同期小活检',
    cases: clock('path-small'),
  },
  {
    code: 'path-histo',
    version: 1,
    name: '组织病理及时率',
    nameEn: 'Histology on time',
    center: 'pathology',
    better: 'up',
    target: 0.9,
    mark: 'N',
    formula: '5 个工作日内完成 ÷ 同期组织病理',
    cases: clock('path-histo'),
  },
  {
    code: 'path-cyto',
    version: 1,
    name: '细胞学及时率',
    nameEn: 'Cytology on time',
    center: 'pathology',
    better: 'up',
    target: 0.9,
    mark: 'N',
    formula: '2 个工作日内完成 ÷ 同期细胞学',
    cases: clock('path-cyto'),
  },
  {
    code: 'recognition-rate',
    version: 1,
    name: '检查检验结果互认率',
    nameEn: 'Mutual recognition rate',
    center: 'community',
    better: 'up',
    target: 0.6,
    mark: 'N',
    formula: '采纳的互认提示 ÷ 互认提示',
    cases: recognized,
    changed: (since) =>
      sql`select prompted_at from recognition_prompt where prompted_at >= ${since} or decided_at >= ${since}`,
  },
  {
    code: 'on-time',
    version: 1,
    name: '报告及时率',
    nameEn: 'Reports on time',
    center: 'community',
    better: 'up',
    target: 0.95,
    mark: 'N',
    formula: '服务时钟未超时的报告 ÷ 同期签发报告(五中心)',
    cases: serviceOnTime(null),
  },
  {
    code: 'critical-10',
    version: 1,
    name: '危急值 10 分钟内通报率',
    nameEn: 'Critical values notified within 10 min',
    center: 'community',
    better: 'up',
    target: 1,
    mark: 'L',
    formula: '发现后 10 分钟内通报的危急值 ÷ 同期危急值',
    cases: criticalOnTime(null),
  },
  {
    code: 'corrected',
    version: 1,
    name: '报告更正率',
    nameEn: 'Corrected reports',
    center: 'community',
    better: 'down',
    target: 0.01,
    mark: 'P',
    formula: '签发后更正的报告 ÷ 同期签发报告',
    cases: happened('corrected', null, 'final'),
  },
  {
    code: 'read-on-time',
    version: 1,
    name: '报告阅读确认率',
    nameEn: 'Results acknowledged',
    center: 'community',
    better: 'up',
    target: 0.95,
    mark: 'P',
    formula: '已阅读确认的报告 ÷ 同期签发报告',
    cases: happened('acknowledged', null, 'final'),
  },
  {
    code: 'read-by-county',
    version: 1,
    name: '基层检查由县级诊断比例',
    nameEn: 'Township examinations read by the county',
    center: 'community',
    better: 'up',
    target: null,
    mark: 'N',
    formula: '由县级中心签发的基层影像、心电检查 ÷ 同期基层影像、心电检查',
    cases: readByCounty,
  },
  {
    code: 'returned',
    version: 1,
    name: '影像、标本退回率',
    nameEn: 'Images and specimens sent back',
    center: 'community',
    better: 'down',
    target: 0.05,
    mark: 'P',
    formula: '被退回的申请 ÷ 同期核收申请',
    cases: happened('returned', null, 'received'),
  },
  count('critical-acknowledged', '危急值已确认', 'Critical values acknowledged', criticalAcknowledged),
  ...CENTERS.flatMap((kind) => [
    count(`volume.${kind}`, '申请数', 'Orders', volume(kind, false)),
    count(`members.${kind}`, '为成员单位', 'For members', volume(kind, true)),
  ]),
];

/** Every indicator of the hub: the core's and those the centres add. */
export const indicatorsOf = (centers: readonly Center[]): Indicator[] => [
  ...INDICATORS,
  ...centers.flatMap((center) => center.indicators ?? []),
];
