import { sql } from 'kysely';
import type { Transaction } from '../../../server/core/database.ts';
import type { SignedCase } from './insertCases.ts';
import type { Chance } from './random.ts';
import type { County } from './readCounty.ts';

const HOUR = 3_600_000;
/** Cases of the last days are still with the township doctor: some in time, some late. */
const OPEN_DAYS = 3;

/** Cards of notifiable diseases for the conclusions that named one: reported, late, dismissed, the last ones still open. */
export async function insertCards(
  trx: Transaction,
  county: County,
  chance: Chance,
  cases: readonly SignedCase[],
): Promise<void> {
  const { rows: doctors } = await sql<{ id: string }>`select id from staff where username = 'doctor1'`.execute(trx); // prettier-ignore
  const cards = cases.flatMap((each) => {
    if (!each.notifiable) return [];
    const open = county.until.getTime() - each.finalAt.getTime() < OPEN_DAYS * 24 * HOUR;
    const part = chance.next();
    const hours = part < 0.82 ? chance.between(0.5, 22) : chance.between(25, 60);
    const answeredAt = new Date(each.finalAt.getTime() + hours * HOUR);
    const state = open || answeredAt >= county.until ? 'draft' : part > 0.94 ? 'dismissed' : 'reported';
    return [{ id: chance.uuid(each.finalAt), rule: each.notifiable.rule, orderId: each.id, patientId: each.patientId, siteId: each.site.id, signedReportId: each.signedReportId, evidence: each.notifiable.evidence, foundAt: each.finalAt, state, answeredAt: state === 'draft' ? null : answeredAt, number: state === 'reported' ? `DEMO-${each.finalAt.toISOString().slice(0, 10)}-${Math.floor(chance.between(1000, 9999))}` : null, reason: state === 'dismissed' ? '演示:痰检阴性,临床排除' : null }]; // prettier-ignore
  });
  if (cards.length === 0) return;
  await sql`insert into notifiable_card (id, rule_code, order_id, patient_id, institution_id, signed_report_id, evidence, found_at, due_at, state, answered_at, answered_by, card_number, reason)
    select (r->>'id')::uuid, n.code, (r->>'orderId')::uuid, (r->>'patientId')::uuid, (r->>'siteId')::uuid, (r->>'signedReportId')::uuid, r->>'evidence', (r->>'foundAt')::timestamptz, (r->>'foundAt')::timestamptz + make_interval(hours => n.due_hours), r->>'state', (r->>'answeredAt')::timestamptz, case when r->>'state' <> 'draft' then ${doctors[0]?.id ?? null}::uuid end, r->>'number', r->>'reason'
    from jsonb_array_elements(${JSON.stringify(cards)}::jsonb) r join notifiable_rule n on n.code = r->>'rule' on conflict do nothing`.execute(
    trx,
  );
}
