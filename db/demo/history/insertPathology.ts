import { sql } from 'kysely';
import type { Transaction } from '../../../server/core/database.ts';
import type { SignedCase } from './insertCases.ts';
import type { Chance } from './random.ts';
import type { County } from './readCounty.ts';

const KIND: Record<string, string> = { frozen: 'frozen', cytology: 'cytology' };
const PREFIX: Record<string, string> = { histology: 'B', frozen: 'D', cytology: 'X' };
const SITES = ['胃窦', '结肠', '乳腺', '甲状腺', '宫颈', '皮肤', '阑尾', '胆囊'];
const MINUTE = 60_000;
const RECHECKED = 0.09;

/** The pathology side of a month's cases: numbers, specimens with fixation, frozen sections with their comparison, re-checks. */
export async function insertPathology(
  trx: Transaction,
  county: County,
  chance: Chance,
  cases: readonly SignedCase[],
): Promise<void> {
  const own = cases.filter((each) => each.item.center === 'pathology');
  const [first, second] = [county.staff.get('pathologist1'), county.staff.get('pathologist2')];
  const center = county.centerOf.get('pathology');
  if (own.length === 0 || !first || !second || !center) return;
  const at = (from: Date, minutes: number) => new Date(from.getTime() + minutes * MINUTE);
  const rows = own.map((each, n) => {
    const kind = KIND[each.item.itemClass] ?? 'histology';
    // Unknown ischaemia stays unknown: "not measured" counts against the site, as it should.
    const ischaemia = chance.next() < 0.06 ? null : Math.round(chance.next() < 0.88 ? chance.between(3, 55) : chance.between(65, 240)); // prettier-ignore
    const removedAt = at(each.createdAt, -chance.between(5, 20));
    const grade = chance.next();
    const comparedAt = at(each.finalAt, chance.between(4, 7) * 1_440);
    const readAt = at(each.finalAt, chance.between(1, 4) * 1_440);
    return {
      orderId: each.id,
      kind,
      number: `${PREFIX[kind] ?? 'B'}H${at(each.createdAt, 480).toISOString().slice(2, 7).replace('-', '')}${String(n + 1).padStart(4, '0')}`,
      site: kind === 'cytology' ? '宫颈' : chance.pick(SITES),
      specimenId: chance.uuid(each.createdAt),
      fixative: kind === 'histology' ? '10% 中性缓冲福尔马林' : null,
      ischaemia: kind === 'histology' ? ischaemia : null,
      removedAt: kind === 'histology' && ischaemia !== null ? removedAt : null,
      fixedAt: kind === 'histology' && ischaemia !== null ? at(removedAt, ischaemia) : null,
      createdAt: each.createdAt,
      finalAt: each.finalAt,
      receivedAt: each.receivedAt,
      readBack: '已复述',
      agreement: comparedAt < county.until ? (grade < 0.93 ? 'agree' : grade < 0.97 ? 'minor' : 'major') : null,
      comparedAt: comparedAt < county.until ? comparedAt : null,
      recheck: kind === 'cytology' && !each.positive && chance.next() < RECHECKED && readAt < county.until,
      readAt,
      agrees: chance.next() < 0.97,
      month: new Date(each.finalAt.getTime() + 480 * MINUTE).toISOString().slice(0, 7),
      recheckId: chance.uuid(readAt),
    };
  }); // prettier-ignore
  const from = (of: typeof rows) => sql`jsonb_array_elements(${JSON.stringify(of)}::jsonb) r`;
  await sql`insert into pathology_case (order_id, kind, institution_id, pathology_number, gross_description, grossed_at, grossed_by, stage, created_at)
    select (r->>'orderId')::uuid, r->>'kind', ${center}::uuid, r->>'number', '演示历史数据', (r->>'receivedAt')::timestamptz, ${first}::uuid, 'scanned', (r->>'createdAt')::timestamptz from ${from(rows)}`.execute(trx); // prettier-ignore
  await sql`insert into pathology_specimen (id, order_id, letter, site, fixative, removed_at, fixation_started_at, cold_ischaemia_minutes)
    select (r->>'specimenId')::uuid, (r->>'orderId')::uuid, 'A', r->>'site', r->>'fixative', (r->>'removedAt')::timestamptz, (r->>'fixedAt')::timestamptz, (r->>'ischaemia')::int from ${from(rows)}`.execute(trx); // prettier-ignore
  await sql`insert into pathology_frozen (order_id, arrived_at, rule_minutes, diagnosis, phoned_at, phoned_to, phoned_by, read_back, agreement, compared_by, compared_at)
    select (r->>'orderId')::uuid, (r->>'receivedAt')::timestamptz, 30, '演示:良性病变', (r->>'finalAt')::timestamptz, '手术室', ${second}::uuid, r->>'readBack', r->>'agreement', case when r->>'agreement' is not null then ${second}::uuid end, (r->>'comparedAt')::timestamptz from ${from(rows.filter((row) => row.kind === 'frozen'))}`.execute(trx); // prettier-ignore
  await sql`insert into pathology_recheck (id, order_id, institution_id, month, drawn_at, drawn_by, reader_id, read_at, agrees, note)
    select (r->>'recheckId')::uuid, (r->>'orderId')::uuid, ${center}::uuid, r->>'month', (r->>'finalAt')::timestamptz, ${second}::uuid, ${second}::uuid, (r->>'readAt')::timestamptz, (r->>'agrees')::boolean, case when not (r->>'agrees')::boolean then '演示:复检见非典型细胞' end from ${from(rows.filter((row) => row.recheck))}`.execute(trx); // prettier-ignore
}
