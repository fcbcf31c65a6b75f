import { sql } from 'kysely';
import type { Transaction } from '../../../server/core/database.ts';
import type { CenterKind } from '../../types.ts';
import type { HistoryCase } from './makeCase.ts';
import type { Chance } from './random.ts';
import type { County } from './readCounty.ts';

/** Who writes and who signs, by centre. */
const SIGNERS: Record<CenterKind, [reporter: string, signer: string]> = {
  imaging: ['radiologist1', 'radiologist2'],
  ecg: ['cardiologist1', 'cardiologist2'],
  lab: ['lab1', 'lab2'],
  pathology: ['pathologist1', 'pathologist2'],
  sterilization: ['cssd1', 'cssd2'],
};
const NOTE = '演示历史数据,由程序生成,不对应任何真实患者。';
const SURNAMES = [...'赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何'];
const GIVEN = ['伟', '秀英', '建国', '丽华', '志强', '桂兰', '海燕', '德福', '玉梅', '文斌', '小红', '长生'];

export interface SignedCase extends HistoryCase {
  patientId: string;
  signedReportId: string;
}

/** Writes finished cases with patients, events, clocks, reports, prices and image grades: rows like those of real work. */
export async function insertCases(
  trx: Transaction,
  county: County,
  chance: Chance,
  cases: readonly HistoryCase[],
): Promise<SignedCase[]> {
  const patients = new Map<string, { id: string; name: string; sex: string; birthDate: string }>();
  const patientOf = (each: HistoryCase) => {
    const key = `${each.site.id} ${Math.floor(chance.next() * 14)}`;
    const known = patients.get(key);
    if (known) return known;
    const name = `演示${chance.pick(SURNAMES)}${chance.pick(GIVEN)}`;
    const birthDate = `${Math.floor(chance.between(1936, 2018))}-0${Math.floor(chance.between(1, 10))}-1${Math.floor(chance.between(0, 10))}`;
    const made = { id: chance.uuid(each.createdAt), name, sex: chance.pick(['M', 'F']), birthDate };
    patients.set(key, made);
    return made;
  };
  const rows = cases.map((each, n) => {
    const patient = patientOf(each);
    const [reporter, signer] = SIGNERS[each.item.center];
    const local = new Date(each.createdAt.getTime() + 8 * 3_600_000).toISOString();
    return {
      ...each,
      patientId: patient.id,
      patientName: patient.name,
      requestId: chance.uuid(each.createdAt),
      signedReportId: chance.uuid(each.finalAt),
      accessionNumber: `H${local.slice(2, 4)}${local.slice(5, 7)}${String(n + 1).padStart(6, '0')}`,
      verifyCode: `demo-${chance.uuid(each.finalAt)}`,
      reporterId: county.staff.get(reporter),
      signerId: county.staff.get(signer),
      centerId: county.centerOf.get(each.item.center),
      corrected: chance.next() < 0.006,
      graded: each.item.center === 'imaging' && chance.next() < 0.5,
      grade: chance.next(),
    };
  });
  const put = (values: unknown[], statement: (from: ReturnType<typeof sql>) => ReturnType<typeof sql>) =>
    values.length === 0
      ? undefined
      : statement(sql`jsonb_array_elements(${JSON.stringify(values)}::jsonb) r`).execute(trx);

  await put([...patients.values()], (from) => sql`insert into patient (id, name, sex, birth_date, created_at)
    select (r->>'id')::uuid, r->>'name', (r->>'sex')::sex, (r->>'birthDate')::date, ${cases[0]?.createdAt ?? county.until} from ${from}`); // prettier-ignore
  const slim = rows.map(({ item, site, events: _, clocks: __, ...row }) => ({ ...row, item: item.code, siteId: site.id })); // prettier-ignore
  await put(slim, (from) => sql`insert into request (id, patient_id, requesting_institution_id, requested_by_name, clinical_info, flags, remote_consent, source, created_at)
    select (r->>'requestId')::uuid, (r->>'patientId')::uuid, (r->>'siteId')::uuid, '演示医师', ${NOTE}, array(select jsonb_array_elements_text(r->'flags')), '{"by": "patient"}', 'api', (r->>'createdAt')::timestamptz from ${from}`); // prettier-ignore
  await put(slim, (from) => sql`insert into orders (id, request_id, center_kind, accession_number, patient_id, patient_name, item_name, item_class, modality, body_part, requesting_institution_id, performing_institution_id, reporting_institution_id, priority, flags, status, policy_ids, claimed_by, claimed_at, received_at, final_at, positive, price, created_at, updated_at)
    select (r->>'id')::uuid, (r->>'requestId')::uuid, c.center_kind, r->>'accessionNumber', (r->>'patientId')::uuid, r->>'patientName', c.name, c.item_class, c.modality, c.body_part, (r->>'siteId')::uuid, (r->>'siteId')::uuid, (r->>'centerId')::uuid, (r->>'priority')::order_priority,
      array(select jsonb_array_elements_text(r->'flags')), 'acknowledged', array(select jsonb_array_elements_text(r->'policyIds')::uuid), (r->>'reporterId')::uuid, (r->>'claimedAt')::timestamptz, (r->>'receivedAt')::timestamptz, (r->>'finalAt')::timestamptz, (r->>'positive')::boolean, c.price, (r->>'createdAt')::timestamptz, (r->>'finalAt')::timestamptz
    from ${from} join catalogue_item c on c.code = r->>'item'`); // prettier-ignore
  await put(slim, (from) => sql`insert into order_item (order_id, code, name, status, price) select (r->>'id')::uuid, c.code, c.name, 'final', c.price from ${from} join catalogue_item c on c.code = r->>'item'`); // prettier-ignore
  const events = rows.flatMap((row) => [
    ...row.events.map((event) => ({ ...event, orderId: row.id })),
    ...(row.corrected ? [{ kind: 'corrected', at: new Date(row.finalAt.getTime() + 40 * 60_000), reason: '结论补充', orderId: row.id }] : []),
  ]); // prettier-ignore
  await put(events, (from) => sql`insert into order_event (order_id, kind, at, actor_name, reason, detail, recorded_at)
    select (r->>'orderId')::uuid, r->>'kind', (r->>'at')::timestamptz, '演示', r->>'reason', '{"synthetic": true}', (r->>'at')::timestamptz from ${from}`); // prettier-ignore
  const clocks = rows.flatMap((row) => row.clocks.map((clock) => ({ ...clock, orderId: row.id })));
  await put(clocks, (from) => sql`insert into order_clock (order_id, policy_id, kind, state, started_at, stopped_at, paused_minutes, elapsed_minutes, due_at, breached_at)
    select (r->>'orderId')::uuid, (r->>'policyId')::uuid, r->>'kind', r->>'state', (r->>'startedAt')::timestamptz, (r->>'stoppedAt')::timestamptz, (r->>'pausedMinutes')::int, (r->>'elapsedMinutes')::float, (r->>'dueAt')::timestamptz, (r->>'breachedAt')::timestamptz from ${from}`); // prettier-ignore
  const content = ({ positive, notifiable }: { positive: boolean; notifiable?: HistoryCase['notifiable'] }) => ({ findings: NOTE, impression: notifiable ? `演示:${notifiable.evidence}。` : positive ? '演示:有阳性所见。' : '演示:未见明显异常。', positive, critical: false }); // prettier-ignore
  await put(slim.map((row) => ({ ...row, content: content(row) })), (from) => sql`
    with r0 as (select r from ${from}), saved as (insert into report (order_id, version, state, content, author_id, updated_at, updated_by) select (r->>'id')::uuid, 1, 'final', r->'content', (r->>'reporterId')::uuid, (r->>'finalAt')::timestamptz, (r->>'signerId')::uuid from r0),
      version as (insert into report_version (order_id, version, state, content, saved_by, saved_at) select (r->>'id')::uuid, 1, 'final', r->'content', (r->>'reporterId')::uuid, (r->>'finalAt')::timestamptz from r0)
    insert into signed_report (id, order_id, number, kind, content, manifest, reporter_id, signer_id, signed_at, report_version, verify_code) select (r->>'signedReportId')::uuid, (r->>'id')::uuid, 1, 'final', r->'content', '{"synthetic": true}', (r->>'reporterId')::uuid, (r->>'signerId')::uuid, (r->>'finalAt')::timestamptz, 1, r->>'verifyCode' from r0`); // prettier-ignore
  await put(slim, (from) => sql`insert into charge_line (order_id, item_code, item_name, center_kind, price, requesting_institution_id, performing_institution_id, reporting_institution_id, signed_report_id, frozen_at)
    select (r->>'id')::uuid, c.code, c.name, c.center_kind, c.price, (r->>'siteId')::uuid, (r->>'siteId')::uuid, (r->>'centerId')::uuid, (r->>'signedReportId')::uuid, (r->>'finalAt')::timestamptz from ${from} join catalogue_item c on c.code = r->>'item' where c.price is not null`); // prettier-ignore
  await put(slim.filter((row) => row.graded), (from) => sql`insert into image_grade (order_id, grade, faults, graded_by, graded_at)
    select (r->>'id')::uuid, case when (r->>'grade')::float < 0.46 then 'A' when (r->>'grade')::float < 0.95 then 'B' else 'C' end, case when (r->>'grade')::float > 0.96 then array['artefact'] when (r->>'grade')::float > 0.92 then array['motion'] else array[]::text[] end, (r->>'signerId')::uuid, (r->>'finalAt')::timestamptz from ${from}`); // prettier-ignore
  return rows;
}
