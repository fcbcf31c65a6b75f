import { sql } from 'kysely';
import type { CenterKind } from '../../../db/types.ts';
import type { Queryable } from '../database.ts';
import { invalid } from '../errors.ts';

/** The institution whose centre reads a case: the most specific routing rule at this hour, else the first active centre. */
export async function chooseReportingInstitution(
  db: Queryable,
  kind: CenterKind,
  requestingInstitutionId: string,
  itemCodes: string[],
  at: Date,
): Promise<string> {
  const time = new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(11, 19);
  const { rows } = await sql<{ institutionId: string }>`
    select c.institution_id from center c left join routing_rule r on r.center_id = c.id and r.active and r.center_kind = ${kind}
      and (r.requesting_institution_id is null or r.requesting_institution_id = ${requestingInstitutionId})
      and (r.item_code is null or r.item_code = any(${itemCodes}::text[]))
      and (r.from_time is null or (case when r.from_time <= r.to_time then ${time}::time >= r.from_time and ${time}::time < r.to_time else ${time}::time >= r.from_time or ${time}::time < r.to_time end))
    where c.kind = ${kind} and c.active
    order by (r.id is not null) desc, (r.item_code is not null) desc, (r.requesting_institution_id is not null) desc, (r.from_time is not null) desc, c.id limit 1`.execute(
    db,
  );
  const row = rows[0];
  if (!row) throw invalid(`no ${kind} centre is switched on`, [{ path: 'center', code: 'center-off' }]);
  return row.institutionId;
}
