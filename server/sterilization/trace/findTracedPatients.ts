import { sql } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { readScope } from '../access.ts';

export const findTracedPatientsQuery = z.object({ q: z.string().trim().min(1).max(60) });

/** Patients on whom packs were used, by name, identifier or visit: where a trace backwards begins. Audited as a search. */
export async function findTracedPatients(
  ctx: Pick<Context, 'db' | 'keys'>,
  actor: Actor,
  { q }: z.output<typeof findTracedPatientsQuery>,
) {
  const scope = await readScope(ctx.db, actor);
  const hashes = ['id-card', 'mrn', 'passport'].map((type) =>
    ctx.keys.lookup(`${type}:${type === 'mrn' ? q : q.toUpperCase()}`),
  );
  const like = `${q.replace(/[\\%_]/g, '\\$&')}%`;
  const { rows: items } = await sql<Record<string, unknown>>`
    with named as (
      select id from patient where name like ${like}
      union select patient_id from patient_identifier where value_hash = any(${hashes}::text[])
      union select patient_id from cssd_use where visit = ${q} and patient_id is not null)
    select p.id, p.name, p.sex, p.birth_date::text as birth_date, u.packs, u.last_used_at, o.short_name as institution_name, u.visit
    from named n join patient p on p.id = n.id
    join lateral (select count(*)::int as packs, max(x.used_at) as last_used_at, (array_agg(x.institution_id order by x.used_at desc))[1] as institution_id,
      (array_agg(x.visit order by x.used_at desc))[1] as visit
      from cssd_use x where x.patient_id = p.id ${scope.institutionId ? sql`and x.institution_id = ${scope.institutionId}` : sql``}) u on u.packs > 0
    join institution o on o.id = u.institution_id order by u.last_used_at desc limit 50`.execute(ctx.db);
  await recordAudit(ctx.db, actor, {
    action: 'sterilization.patient-search',
    detail: { found: items.length },
  });
  return { items, nextCursor: null };
}
