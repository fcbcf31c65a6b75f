import { sql } from 'kysely';
import { can, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';

export interface MonitorCheckRow {
  id: string;
  institutionName: string;
  workstation: string;
  display: string;
  screen: { widthPx: number; heightPx: number; pixelRatio: number; colorDepthBits: number };
  answers: Record<string, boolean>;
  passed: boolean;
  note: string;
  checkedByName: string;
  checkedAt: Date;
  /** The newest check of this display. */
  newest: boolean;
}

/** Checks of the displays, newest first, of the caller's institution; of the county for quality staff. */
export async function listMonitorChecks(
  db: Context['db'],
  actor: Actor,
  query: { limit: number; workstation?: string | undefined },
): Promise<{ items: MonitorCheckRow[]; nextCursor: null }> {
  const everywhere = can(actor, 'quality.read');
  const { rows } = await sql<MonitorCheckRow>`
    select m.id, i.short_name as institution_name, m.workstation, m.display, m.screen, m.answers, m.passed, m.note, s.name as checked_by_name, m.checked_at,
      not exists (select from monitor_check later where later.institution_id = m.institution_id and later.workstation = m.workstation and later.display = m.display
        and (later.checked_at, later.id) > (m.checked_at, m.id)) as newest
    from monitor_check m join institution i on i.id = m.institution_id join staff s on s.id = m.checked_by
    where (${everywhere} or m.institution_id = ${actor.institutionId}) and (${query.workstation ?? null}::text is null or m.workstation = ${query.workstation ?? null})
    order by m.checked_at desc, m.id desc limit ${query.limit}`.execute(db);
  return { items: rows, nextCursor: null };
}
