import { sql } from 'kysely';
import type { Queryable } from '../../core/database.ts';
import type { PrintColumn, PrintRow } from '../../core/print/sections.ts';
import { chinaTime, INDICATOR_WORDS, METHOD_WORDS, OUTCOME_WORDS } from '../release/words.ts';

export const LEDGERS = [
  'wash',
  'sterilization',
  'bowie-dick',
  'biological',
  'dispatch',
  'recall',
  'daily-check',
  'loaner',
  'count',
  'reject',
  'repair',
] as const;
export type LedgerKind = (typeof LEDGERS)[number];

export interface Ledger {
  title: string;
  columns: PrintColumn[];
  rows: PrintRow[];
  /** How long such records are kept at least (WS 310.3): months. */
  keepMonths: number;
}

interface LedgerSource {
  title: string;
  keepMonths: number;
  columns: [title: string, width: number][];
  read(db: Queryable, centerId: string, from: Date, to: Date): Promise<(string | number | Date | null)[][]>;
}

const rowsOf = async (
  query: { execute(db: Queryable): Promise<{ rows: Record<string, unknown>[] }> },
  db: Queryable,
) => (await query.execute(db)).rows.map((row) => Object.values(row) as (string | number | Date | null)[]);

/** The books that inspectors ask for; one query and one list of columns each. */
const SOURCES: Record<LedgerKind, LedgerSource> = {
  wash: {
    title: '清洗消毒记录',
    keepMonths: 6,
    columns: [
      ['日期时间', 3],
      ['清洗机', 2],
      ['批次', 4],
      ['程序', 3],
      ['数量', 1],
      ['A0', 2],
      ['结果', 2],
      ['操作者', 2],
      ['备注', 3],
    ],
    read: (db, centerId, from, to) =>
      rowsOf(
        sql<
          Record<string, unknown>
        >`select w.started_at, m.code, w.number, g.name, (select count(*)::int from cssd_wash_load_pack x where x.wash_load_id = w.id) as packs, w.a0, w.outcome, s.name as operator, w.finding
        from cssd_wash_load w join cssd_machine m on m.id = w.machine_id join cssd_programme g on g.id = w.programme_id join staff s on s.id = w.started_by
        where m.institution_id = ${centerId} and w.started_at >= ${from} and w.started_at < ${to} order by w.started_at limit 5000`,
        db,
      ),
  },
  sterilization: {
    title: '灭菌运行与放行记录',
    keepMonths: 36,
    columns: [
      ['日期时间', 3],
      ['灭菌器', 2],
      ['锅次号', 5],
      ['方法', 3],
      ['程序', 2],
      ['主要装载', 4],
      ['温度 ℃', 2],
      ['压力 kPa', 2],
      ['时间 s', 2],
      ['物理', 2],
      ['化学', 2],
      ['生物', 2],
      ['操作者', 2],
      ['放行者', 2],
    ],
    read: (db, centerId, from, to) =>
      rowsOf(
        sql<
          Record<string, unknown>
        >`select l.started_at, m.code, l.number, l.method, (select g.code from cssd_programme g where g.id = l.programme_id) as programme,
          (select string_agg(x.name || '×' || x.n, '、') from (select t.name, count(*) as n from cssd_pack p join cssd_set_type t on t.id = p.set_type_id where p.load_id = l.id group by t.name order by count(*) desc limit 3) x) as main,
          concat_ws('–', y.parameters ->> 'minTemperatureC', y.parameters ->> 'maxTemperatureC') as temperature, concat_ws('–', y.parameters ->> 'minPressureKpa', y.parameters ->> 'maxPressureKpa') as pressure, y.parameters ->> 'holdS' as hold, y.physical_outcome,
          (select i.outcome from cssd_indicator i where i.load_id = l.id and i.kind = 'outer-chemical' and i.pack_id is null order by i.outcome limit 1) as outer_outcome,
          (select i.outcome from cssd_indicator i where i.load_id = l.id and i.kind = 'biological' and i.pack_id is null order by i.outcome limit 1) as biological_outcome, s.name as operator, rs.name as releaser
        from cssd_load l join cssd_machine m on m.id = l.machine_id join staff s on s.id = l.started_by left join cssd_cycle y on y.load_id = l.id
        left join cssd_release r on r.load_id = l.id left join staff rs on rs.id = r.released_by
        where m.institution_id = ${centerId} and l.purpose = 'production' and l.started_at >= ${from} and l.started_at < ${to} order by l.started_at limit 5000`,
        db,
      ),
  },
  'bowie-dick': {
    title: 'B-D 试验与泄漏测试记录',
    keepMonths: 36,
    columns: [
      ['日期时间', 3],
      ['灭菌器', 2],
      ['项目', 2],
      ['批号', 3],
      ['泄漏率 kPa/min', 2],
      ['结果', 2],
      ['判读者', 2],
      ['备注', 4],
    ],
    read: (db, centerId, from, to) =>
      rowsOf(
        sql<
          Record<string, unknown>
        >`select t.tested_at, m.code, case t.kind when 'leak' then '泄漏测试' else 'B-D 试验' end as kind, t.lot, t.leak_kpa_min, t.outcome, s.name as reader, t.note
        from cssd_machine_test t join cssd_machine m on m.id = t.machine_id join staff s on s.id = t.read_by
        where m.institution_id = ${centerId} and t.tested_at >= ${from} and t.tested_at < ${to} order by t.tested_at limit 5000`,
        db,
      ),
  },
  biological: {
    title: '生物监测记录',
    keepMonths: 36,
    columns: [
      ['放置时间', 3],
      ['灭菌器', 2],
      ['锅次号', 4],
      ['指示物', 2],
      ['批号', 3],
      ['结果', 2],
      ['对照', 2],
      ['判读时间', 3],
      ['判读者', 2],
    ],
    read: (db, centerId, from, to) =>
      rowsOf(
        sql<
          Record<string, unknown>
        >`select i.placed_at, m.code, l.number, i.kind, i.lot, i.outcome, case i.control when 'growth' then '生长' when 'no-growth' then '不生长' end as control, i.read_at, s.name as reader
        from cssd_indicator i join cssd_load l on l.id = i.load_id join cssd_machine m on m.id = l.machine_id left join staff s on s.id = i.read_by
        where m.institution_id = ${centerId} and i.kind in ('biological', 'class-5') and i.placed_at >= ${from} and i.placed_at < ${to} order by i.placed_at limit 5000`,
        db,
      ),
  },
  dispatch: {
    title: '无菌物品发放记录',
    keepMonths: 36,
    columns: [
      ['发放时间', 3],
      ['单号', 3],
      ['接收机构', 3],
      ['包编码', 3],
      ['名称', 3],
      ['锅次号', 4],
      ['有效期至', 2],
      ['配送', 2],
      ['签收', 3],
    ],
    read: (db, centerId, from, to) =>
      rowsOf(
        sql<
          Record<string, unknown>
        >`select f.departed_at, f.number, i.short_name, p.code, t.name, l.number as load_number, x.expires_on::text as expires_on, c.name as courier,
          case when x.received_at is null then '未签收' else to_char(x.received_at at time zone 'Asia/Shanghai', 'MM-DD HH24:MI') || case when x.condition <> 'intact' then ' 拒收' else '' end end as received
        from cssd_transfer f join cssd_transfer_pack x on x.transfer_id = f.id join cssd_pack p on p.id = x.pack_id join cssd_set_type t on t.id = p.set_type_id
        join institution i on i.id = f.to_institution_id left join cssd_load l on l.id = x.load_id left join staff c on c.id = f.courier_id
        where f.from_institution_id = ${centerId} and f.kind = 'sterile' and f.departed_at >= ${from} and f.departed_at < ${to} order by f.departed_at, p.code limit 5000`,
        db,
      ),
  },
  recall: {
    title: '灭菌物品召回记录',
    keepMonths: 36,
    columns: [
      ['召回时间', 3],
      ['编号', 3],
      ['灭菌器', 2],
      ['原因', 3],
      ['召回包数', 2],
      ['未处置', 2],
      ['已用', 2],
      ['结案', 3],
      ['结论', 5],
    ],
    read: (db, centerId, from, to) =>
      rowsOf(
        sql<
          Record<string, unknown>
        >`select r.raised_at, r.number, m.code, case r.reason when 'biological' then '生物监测不合格' when 'bowie-dick' then 'B-D 不合格' else '其他' end as reason,
          (select count(*)::int from cssd_recall_item i where i.recall_id = r.id) as packs, (select count(*)::int from cssd_recall_item i where i.recall_id = r.id and i.outcome in ('pending', 'found')) as open,
          (select coalesce(sum(used_packs), 0)::int from cssd_recall_notice n where n.recall_id = r.id) as used, r.closed_at, r.conclusion
        from cssd_recall r join cssd_machine m on m.id = r.machine_id where r.center_id = ${centerId} and r.raised_at >= ${from} and r.raised_at < ${to} order by r.raised_at limit 1000`,
        db,
      ),
  },
  'daily-check': {
    title: '日常监测记录(封口机、水质、温湿度)',
    keepMonths: 36,
    columns: [
      ['日期时间', 3],
      ['项目', 2],
      ['设备', 2],
      ['地点', 2],
      ['测量值', 6],
      ['结果', 2],
      ['处理', 4],
      ['检查者', 2],
    ],
    read: (db, centerId, from, to) =>
      rowsOf(
        sql<
          Record<string, unknown>
        >`select d.checked_at, case d.kind when 'sealer' then '封口机' when 'water' then '水质' when 'climate' then '温湿度' when 'washer' then '清洗机' else '清洗质量' end as kind, m.code, d.place,
          (select string_agg(case k when 'temperatureC' then '温度 ' || v || ' ℃' when 'humidityPercent' then '相对湿度 ' || v || ' %' when 'conductivityMicrosiemensCm' then '电导率 ' || v || ' µS/cm'
            when 'finding' then v else k || ' ' || v end, '；') from jsonb_each_text(d.measured) e(k, v)) as measured, d.outcome, d.action, s.name as checker
        from cssd_daily_check d left join cssd_machine m on m.id = d.machine_id join staff s on s.id = d.checked_by
        where d.institution_id = ${centerId} and d.checked_at >= ${from} and d.checked_at < ${to} order by d.checked_at limit 5000`,
        db,
      ),
  },
  loaner: {
    title: '外来医疗器械交接记录',
    keepMonths: 36,
    columns: [
      ['接收时间', 3],
      ['器械盒', 3],
      ['厂商', 3],
      ['手术时间', 3],
      ['重量 g', 2],
      ['接收件数', 2],
      ['归还件数', 2],
      ['归还时间', 3],
      ['差异', 4],
    ],
    read: (db, centerId, from, to) =>
      rowsOf(
        sql<
          Record<string, unknown>
        >`select r.received_at, t.code, r.vendor, r.surgery_at, r.weight_g, r.count_in, r.count_out, r.returned_at, r.discrepancy
        from cssd_loaner_receipt r join cssd_tray t on t.id = r.tray_id where t.institution_id = ${centerId} and r.received_at >= ${from} and r.received_at < ${to} order by r.received_at limit 5000`,
        db,
      ),
  },
  count: {
    title: '回收清点差异记录(缺少、损坏、多出)',
    keepMonths: 36,
    columns: [
      ['清点时间', 3],
      ['包编码', 3],
      ['名称', 3],
      ['所属', 3],
      ['器械', 3],
      ['应有', 1],
      ['实有', 1],
      ['损坏', 1],
      ['差异', 2],
      ['清点者', 2],
      ['备注', 3],
    ],
    read: (db, centerId, from, to) =>
      rowsOf(
        sql<
          Record<string, unknown>
        >`select k.counted_at, p.code, t.name as set_name, o.short_name as owner, i.name as instrument, k.expected, k.found, k.damaged,
          case k.discrepancy when 'missing' then '缺少' when 'damaged' then '损坏' when 'foreign' then '多出' when 'replaced' then '已更换' when 'repair' then '送修' else k.discrepancy end as discrepancy, s.name as counter, k.note
        from cssd_count k join cssd_pack p on p.id = k.pack_id join cssd_set_type t on t.id = p.set_type_id join institution o on o.id = p.owner_institution_id
        left join cssd_instrument_type i on i.id = k.instrument_type_id join staff s on s.id = k.counted_by
        where p.center_id = ${centerId} and k.discrepancy <> 'none' and k.counted_at >= ${from} and k.counted_at < ${to} order by k.counted_at limit 5000`,
        db,
      ),
  },
  reject: {
    title: '不合格包记录(湿包、破损、落地、过期)',
    keepMonths: 36,
    columns: [
      ['时间', 3],
      ['包编码', 3],
      ['名称', 3],
      ['锅次号', 4],
      ['缺陷', 2],
      ['发现机构', 3],
      ['发现者', 2],
      ['备注', 4],
    ],
    read: (db, centerId, from, to) =>
      rowsOf(
        sql<
          Record<string, unknown>
        >`select e.at, p.code, t.name as set_name, l.number, case e.detail ->> 'defect' when 'wet' then '湿包' when 'torn' then '破损' when 'dropped' then '落地' when 'expired' then '过期' else coalesce(e.detail ->> 'defect', '') end as defect,
          o.short_name as place, s.name as finder, coalesce(e.detail ->> 'note', '') as note
        from cssd_pack_event e join cssd_pack p on p.id = e.pack_id join cssd_set_type t on t.id = p.set_type_id left join cssd_load l on l.id = p.load_id join institution o on o.id = e.institution_id join staff s on s.id = e.staff_id
        where p.center_id = ${centerId} and e.kind = 'rejected' and e.at >= ${from} and e.at < ${to} order by e.at limit 5000`,
        db,
      ),
  },
  repair: {
    title: '器械维修与报废记录',
    keepMonths: 36,
    columns: [
      ['报修时间', 3],
      ['器械编码', 4],
      ['器械', 3],
      ['故障', 4],
      ['报修者', 2],
      ['完成', 3],
      ['维修单位', 3],
      ['结果', 2],
    ],
    read: (db, centerId, from, to) =>
      rowsOf(
        sql<
          Record<string, unknown>
        >`select r.reported_at, i.code, y.name, r.fault, s.name as reporter, r.repaired_at, r.repaired_by, case r.result when 'repaired' then '已修复' when 'retired' then '报废' else r.result end as result
        from cssd_instrument_repair r join cssd_instrument i on i.id = r.instrument_id join cssd_instrument_type y on y.id = i.instrument_type_id join staff s on s.id = r.reported_by
        where i.institution_id = ${centerId} and r.reported_at >= ${from} and r.reported_at < ${to} order by r.reported_at limit 5000`,
        db,
      ),
  },
};

/** A ledger of a period, ready to print. */
export async function readLedger(
  db: Queryable,
  centerId: string,
  kind: LedgerKind,
  from: Date,
  to: Date,
): Promise<Ledger> {
  const source = SOURCES[kind];
  const rows = await source.read(db, centerId, from, to);
  return {
    title: source.title,
    keepMonths: source.keepMonths,
    columns: source.columns.map(([title, width]) => ({ title, width })),
    rows: rows.map((row) => ({ cells: row.map(cell) })),
  };
}

function cell(value: string | number | Date | null) {
  if (value === null) return '';
  if (value instanceof Date) return chinaTime(value);
  const text = String(value);
  if (text === 'fail') return { text: OUTCOME_WORDS.fail ?? text, strong: true, color: 'red' as const };
  return OUTCOME_WORDS[text] ?? METHOD_WORDS[text] ?? INDICATOR_WORDS[text] ?? text;
}
