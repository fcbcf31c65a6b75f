import { sql } from 'kysely';
import type { Transaction } from '../database.ts';
import { localDateTime } from '../localTime.ts';
import type { Order } from '../order/order.ts';

export interface DocumentFacts {
  requestingName: string;
  performingName: string;
  reportingName: string;
  requestedBy: string | null;
  sex: string | null;
  age: string | null;
  identity: string;
  identifier: string | null;
  examinedAt: Date | null;
  /** Why it is not known when the examination began, and what the device said. */
  timeDoubt: string | null;
  deviceAt: Date | null;
  reporter: string | null;
  signer: string;
  replacesNumber: number | null;
}

/** Names and times that a printed report states, read in one query. */
export async function loadDocumentFacts(
  trx: Transaction,
  order: Order,
  row: { reporterId: string | null; signerId: string; replacesId: string | null },
): Promise<DocumentFacts> {
  const { rows } = await sql<Omit<DocumentFacts, 'age'> & { birthDate: string | null }>`
    select q.name as requesting_name, p.name as performing_name, r.name as reporting_name, rq.requested_by_name as requested_by, pt.sex::text as sex, pt.birth_date, coalesce(pt.identity, 'verified') as identity,
      (select value_masked from patient_identifier i where i.patient_id = pt.id order by (i.type = 'id-card') desc, i.id limit 1) as identifier,
      coalesce((select min(e.at) from order_event e where e.order_id = o.id and e.kind in ('examined', 'collected')), case when doubt.reason is null then (select min(e.at) from order_event e where e.order_id = o.id and e.kind = 'acquired') end) as examined_at,
      doubt.reason as time_doubt, doubt.device_at,
      (select name from staff where id = ${row.reporterId}) as reporter, (select name from staff where id = ${row.signerId}) as signer,
      (select number from signed_report where id = ${row.replacesId}) as replaces_number
    from orders o join request rq on rq.id = o.request_id join institution q on q.id = o.requesting_institution_id join institution p on p.id = o.performing_institution_id
      join institution r on r.id = o.reporting_institution_id left join patient pt on pt.id = o.patient_id
      left join lateral (select e.reason, e.device_at from order_event e where e.order_id = o.id and e.kind = 'examination-time-unknown' order by e.seq limit 1) doubt on true
    where o.id = ${order.id}`.execute(trx);
  const facts = rows[0];
  if (!facts) throw new Error(`order ${order.id} vanished while it was locked`);
  return { ...facts, age: ageAt(facts.birthDate, order.createdAt) };
}

/** When it was examined: never the moment of arrival where the device's time is in doubt. */
export function examinedText({ examinedAt, timeDoubt, deviceAt }: DocumentFacts): string {
  if (examinedAt) return localDateTime(examinedAt);
  if (timeDoubt === 'clock-not-measured' && deviceAt) return `${localDateTime(deviceAt)} (设备时间,未校准)`;
  return timeDoubt ? '无法确定' : '';
}

/** 周岁 at the time of the order; months below two years, days below a month. */
export function ageAt(birthDate: string | null, at: Date): string | null {
  if (!birthDate) return null;
  const born = new Date(`${birthDate}T00:00:00+08:00`);
  const days = Math.floor((at.getTime() - born.getTime()) / 86_400_000);
  if (days < 0) return null;
  if (days < 31) return `${days} 天`;
  const local = new Date(at.getTime() + 8 * 3_600_000);
  const [year = 0, month = 1, day = 1] = birthDate.split('-').map(Number);
  const months =
    (local.getUTCFullYear() - year) * 12 +
    local.getUTCMonth() +
    1 -
    month -
    (local.getUTCDate() < day ? 1 : 0);
  return months < 24 ? `${months} 月` : `${Math.floor(months / 12)} 岁`;
}
