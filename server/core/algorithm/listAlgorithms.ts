import { sql } from 'kysely';
import type { Context } from '../context.ts';

/** Registered algorithms with how many cases each has done, has waiting and failed, and those built into the centres. */
export async function listAlgorithms(ctx: Context) {
  const { rows } =
    await sql`select a.device_id as id, d.name, a.version, a.vendor, a.intended_use, a.registration_number, a.center_kind::text as center, a.modalities, a.built_in, a.judges, a.may_raise_priority, a.active, i.short_name as institution_name,
      (select count(*)::int from algorithm_case c where c.device_id = a.device_id and c.state = 'done') as done, (select count(*)::int from algorithm_case c where c.device_id = a.device_id and c.state in ('waiting', 'taken')) as waiting, (select count(*)::int from algorithm_case c where c.device_id = a.device_id and c.state = 'failed') as failed,
      (select c.error from algorithm_case c where c.device_id = a.device_id and c.state = 'failed' order by c.done_at desc nulls last limit 1) as last_error
    from algorithm a join device d on d.id = a.device_id left join institution i on i.id = d.institution_id order by d.name limit 200`.execute(
      ctx.db,
    );
  const builtIn = ctx.centers.flatMap((center) =>
    Object.keys(center.algorithms ?? {}).map((name) => ({ name, center: center.kind })),
  );
  return { items: rows, builtIn };
}
