import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { centerOf } from '../access.ts';

/** Machines with their open blocks, the trials counted so far, and the test runs that could be counted next. */
export async function readMachines(ctx: Pick<Context, 'db'>, actor: Actor) {
  const centerId = await centerOf(ctx.db, actor, 'read');
  const { rows: items } = await sql<Record<string, unknown>>`
    select m.code, m.name, m.kind, m.method, m.status, m.manufacturer, m.model, m.serial_number,
      coalesce((select jsonb_agg(jsonb_build_object('code', g.code, 'name', g.name, 'purpose', g.purpose) order by g.code) from cssd_programme g
        where g.machine_id = m.id and g.active and g.purpose in ('qualification', 'bowie-dick', 'leak', 'warm-up')), '[]') as test_programmes,
      coalesce((select jsonb_agg(jsonb_build_object('id', b.id, 'reason', b.reason, 'note', b.note, 'blockedAt', b.blocked_at, 'requiredProcess', b.required_process, 'requiredBowieDick', b.required_bowie_dick, 'recallId', b.recall_id,
        'trials', (select coalesce(jsonb_agg(jsonb_build_object('kind', t.kind, 'outcome', t.outcome, 'at', t.at, 'load', l.number) order by t.id), '[]') from cssd_machine_trial t join cssd_load l on l.id = t.load_id where t.block_id = b.id)) order by b.blocked_at)
        from cssd_machine_block b where b.machine_id = m.id and b.returned_at is null), '[]') as blocks,
      coalesce((select jsonb_agg(r order by r."startedAt" desc) from (select l.id, l.number, l.purpose, l.state, l.started_at as "startedAt", exists (select from cssd_machine_trial t where t.load_id = l.id) as counted
        from cssd_load l where l.machine_id = m.id and l.purpose <> 'production' order by l.started_at desc limit 6) r), '[]') as runs
    from cssd_machine m where m.institution_id = ${centerId} order by m.kind desc, m.code`.execute(ctx.db);
  return { items, nextCursor: null };
}
