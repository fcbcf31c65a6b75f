import { sql } from 'kysely';
import type { Transaction } from '../../../server/core/database.ts';
import type { SignedCase } from './insertCases.ts';
import type { Chance } from './random.ts';
import type { County } from './readCounty.ts';

const MINUTE = 60_000;
const REASONS = [
  'condition-changed',
  'condition-changed',
  'fast-changing',
  'before-major-act',
  'assessment',
  'other',
];
const FINDINGS = { imaging: '气胸', ecg: '急性 ST 段抬高', lab: '血钾 6.8 mmol/L' } as const;

/** Critical values, recognition prompts and blind second readings of a month of cases. */
export async function insertSupervision(
  trx: Transaction,
  county: County,
  chance: Chance,
  cases: readonly SignedCase[],
  monthsAgo: number,
): Promise<void> {
  await insertCriticalValues(trx, chance, cases);
  await insertPrompts(trx, county, chance, cases, monthsAgo);
  await insertReviews(trx, county, chance, cases);
}

async function insertCriticalValues(trx: Transaction, chance: Chance, cases: readonly SignedCase[]) {
  const values = cases.flatMap((each) => {
    const finding = FINDINGS[each.item.center as keyof typeof FINDINGS] as string | undefined;
    if (!finding || chance.next() > (each.priority === 'routine' ? 0.008 : 0.05)) return [];
    const notified = chance.next() < 0.93 ? chance.between(1, 9.5) : chance.between(11, 35);
    const at = (minutes: number) => new Date(each.finalAt.getTime() + minutes * MINUTE);
    return [{ id: chance.uuid(each.finalAt), orderId: each.id, finding, foundAt: at(0), notifiedAt: at(notified), acknowledgedAt: at(notified + chance.between(1, 6)), disposedAt: at(notified + chance.between(8, 28)) }]; // prettier-ignore
  });
  await sql`insert into critical_value (id, order_id, finding, found_at, state, notified_at, acknowledged_at, disposed_at, disposition)
    select (r->>'id')::uuid, (r->>'orderId')::uuid, r->>'finding', (r->>'foundAt')::timestamptz, 'disposed', (r->>'notifiedAt')::timestamptz, (r->>'acknowledgedAt')::timestamptz, (r->>'disposedAt')::timestamptz, '演示:已处置' from jsonb_array_elements(${JSON.stringify(values)}::jsonb) r`.execute(
    trx,
  );
}

/** The same site asks again within the validity of a result; more is adopted as the months go by. */
async function insertPrompts(
  trx: Transaction,
  county: County,
  chance: Chance,
  cases: readonly SignedCase[],
  monthsAgo: number,
) {
  const values = cases.flatMap((each) => {
    if (each.item.center === 'pathology' || chance.next() > 0.07) return [];
    const promptedAt = new Date(each.finalAt.getTime() + chance.between(60, 1_300) * MINUTE);
    if (promptedAt >= county.until) return [];
    const adopt = chance.next() < 0.8 - monthsAgo * 0.025;
    const reason = adopt ? null : chance.pick(REASONS);
    return [{ patientId: each.patientId, item: each.item.code, signedReportId: each.signedReportId, orderId: each.id, siteId: chance.next() < 0.6 ? each.site.id : chance.pick(county.sites).id, promptedAt, decision: adopt ? 'adopt' : 'repeat', reason, note: reason === 'other' ? '患者要求' : null, saving: adopt ? each.item.price : null }]; // prettier-ignore
  });
  await sql`insert into recognition_prompt (patient_id, item_code, signed_report_id, source_order_id, institution_id, label, prompted_at, decision, reason, note, patient_informed, citation, saving, decided_at)
    select (r->>'patientId')::uuid, r->>'item', (r->>'signedReportId')::uuid, (r->>'orderId')::uuid, (r->>'siteId')::uuid, 'county', (r->>'promptedAt')::timestamptz, r->>'decision', r->>'reason', r->>'note',
      case when r->>'decision' = 'repeat' then jsonb_build_object('by', '演示医师', 'at', r->>'promptedAt', 'how', 'oral') end, case when r->>'decision' = 'adopt' then '演示引用' end, (r->>'saving')::numeric, (r->>'promptedAt')::timestamptz + interval '2 minutes' from jsonb_array_elements(${JSON.stringify(values)}::jsonb) r`.execute(
    trx,
  );
}

/** Two blind readers over a sample of the month; the stricter grade counts. */
async function insertReviews(trx: Transaction, county: County, chance: Chance, cases: readonly SignedCase[]) {
  const [first, second] = [county.staff.get('qa1'), county.staff.get('head1')];
  if (!first || !second) return;
  const grade = () => {
    const part = chance.next();
    return part < 0.86 ? 1 : part < 0.96 ? 2 : part < 0.99 ? 3 : 4;
  };
  const values = cases.flatMap((each) => {
    if (!['imaging', 'ecg'].includes(each.item.center) || chance.next() > 0.06) return [];
    const readAt = new Date(each.finalAt.getTime() + chance.between(1, 3) * 1_440 * MINUTE);
    if (readAt >= county.until) return [];
    const score = grade();
    const other = chance.next() < 0.88 ? score : Math.min(4, Math.max(1, score + (chance.next() < 0.5 ? 1 : -1))); // prettier-ignore
    const faults = chance.next() < 0.05 + (Math.max(score, other) > 2 ? 0.4 : 0) ? ['side'] : [];
    return [{ id: chance.uuid(readAt), batch: `${each.item.center}-${each.finalAt.toISOString().slice(0, 7)}`, orderId: each.id, signedReportId: each.signedReportId, score, other, compliance: { compliant: faults.length === 0, faults }, readAt }]; // prettier-ignore
  });
  await sql`with r0 as (select r from jsonb_array_elements(${JSON.stringify(values)}::jsonb) r), review as (
      insert into quality_review (id, batch, order_id, signed_report_id, reviewer_id, drawn_by, drawn_at, rule, score, compliance, decided_at, readings_wanted, state)
      select (r->>'id')::uuid, r->>'batch', (r->>'orderId')::uuid, (r->>'signedReportId')::uuid, ${first}::uuid, ${first}::uuid, (r->>'readAt')::timestamptz - interval '6 hours', '演示:随机抽取', greatest((r->>'score')::int, (r->>'other')::int), r->'compliance', (r->>'readAt')::timestamptz, 2, 'decided' from r0 returning id)
    insert into review_reading (review_id, reader_id, score, compliance, read_at)
    select (r->>'id')::uuid, p.reader::uuid, p.score, r->'compliance', (r->>'readAt')::timestamptz from r0 join review on review.id = (r->>'id')::uuid cross join lateral (values (${first}::text, (r->>'score')::int), (${second}::text, (r->>'other')::int)) p(reader, score)`.execute(
    trx,
  );
}
