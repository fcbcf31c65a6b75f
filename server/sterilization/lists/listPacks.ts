import { sql } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { decodeCursor, encodeCursor, pageQuery } from '../../core/http.ts';
import { readScope } from '../access.ts';
import { PACK_STATES } from '../rules/steps.ts';

export const listPacksQuery = pageQuery.extend({
  /** Comma-separated states. */
  state: z
    .string()
    .max(300)
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(PACK_STATES)))
    .optional(),
  setType: z.string().max(32).optional(),
  institution: z.string().max(40).optional(),
  q: z.string().max(60).optional(),
});

export interface PackListRow {
  id: string;
  code: string;
  state: string;
  setTypeCode: string;
  setName: string;
  trayCode: string | null;
  owner: string;
  location: string;
  shelf: string;
  urgent: boolean;
  infectious: string;
  implant: boolean;
  method: string;
  loadNumber: string | null;
  sterilizedOn: string | null;
  expiresOn: string | null;
  collectedAt: Date;
  dueAt: Date;
  updatedAt: Date;
}

/** Packs by state, newest first; a site sees its own and those it holds. */
export async function listPacks(
  ctx: Pick<Context, 'db'>,
  actor: Actor,
  query: z.output<typeof listPacksQuery>,
) {
  const scope = await readScope(ctx.db, actor);
  const where = [sql<boolean>`true`];
  if (scope.centerId) where.push(sql<boolean>`p.center_id = ${scope.centerId}`);
  if (scope.institutionId)
    where.push(
      sql<boolean>`(p.location_id = ${scope.institutionId} or p.owner_institution_id = ${scope.institutionId})`,
    );
  if (query.state) where.push(sql<boolean>`p.state = any(${query.state}::text[])`);
  if (query.setType) where.push(sql<boolean>`t.code = ${query.setType}`);
  if (query.institution) where.push(sql<boolean>`loc.code = ${query.institution}`);
  if (query.q)
    where.push(
      sql<boolean>`(p.code = ${query.q.trim()} or tr.code = ${query.q.trim()} or t.name ilike ${`%${query.q.replace(/[\\%_]/g, '\\$&')}%`})`,
    );
  const after = decodeCursor(query.cursor, 1);
  if (after) where.push(sql<boolean>`p.id < ${after[0]}::uuid`);
  const { rows } = await sql<PackListRow>`
    select p.id, p.code, p.state, t.code as set_type_code, t.name as set_name, tr.code as tray_code, o.short_name as owner, loc.short_name as location, p.shelf,
      p.urgent, p.infectious, p.implant, v.method, l.number as load_number, p.sterilized_on::text as sterilized_on, p.expires_on::text as expires_on, p.collected_at,
      coalesce(p.due_at, p.collected_at + case when p.urgent then interval '4 hours' else interval '24 hours' end) as due_at, p.updated_at
    from cssd_pack p join cssd_set_type t on t.id = p.set_type_id join cssd_set_type_version v on v.id = p.set_type_version_id
    left join cssd_tray tr on tr.id = p.tray_id join institution o on o.id = p.owner_institution_id join institution loc on loc.id = p.location_id
    left join cssd_load l on l.id = p.load_id where ${sql.join(where, sql` and `)} order by p.id desc limit ${query.limit + 1}`.execute(
    ctx.db,
  );
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > query.limit && last ? encodeCursor([last.id]) : null };
}
