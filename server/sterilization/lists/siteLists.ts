import { sql } from 'kysely';
import { z } from 'zod';
import { can, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { forbidden } from '../../core/errors.ts';
import { pageQuery } from '../../core/http.ts';
import { readScope, RIGHTS } from '../access.ts';
import { localDay } from '../rules/expiry.ts';

/** Which site a list is about: a person's own; the centre may ask for any. */
async function siteScope(ctx: Pick<Context, 'db'>, actor: Actor, code: string | undefined): Promise<string> {
  const scope = await readScope(ctx.db, actor);
  if (scope.institutionId) return scope.institutionId;
  if (code) {
    const site = await ctx.db
      .selectFrom('institution')
      .select('id')
      .where('code', '=', code)
      .executeTakeFirst();
    if (site) return site.id;
  }
  if (actor.institutionId) return actor.institutionId;
  throw forbidden('name a site', 'name-site');
}

export const siteQuery = z.object({ institution: z.string().max(40).optional() });

/** Sterile stock of a site by set type, first to expire first, with what is below its minimum and where its sets are. */
export async function readSiteStock(
  ctx: Pick<Context, 'db' | 'clock'>,
  actor: Actor,
  query: z.output<typeof siteQuery>,
) {
  const site = await siteScope(ctx, actor, query.institution);
  const today = localDay(ctx.clock.now());
  const { rows: stock } = await sql<{
    setTypeCode: string;
    setName: string;
    usable: number;
    soon: number;
    expired: number;
    minimum: number | null;
    nextExpiry: string | null;
    packs: unknown;
  }>`
    select t.code as set_type_code, t.name as set_name, count(p.id) filter (where p.expires_on >= ${today}::date)::int as usable,
      count(p.id) filter (where p.expires_on between ${today}::date and ${today}::date + 3)::int as soon, count(p.id) filter (where p.expires_on < ${today}::date)::int as expired,
      max(s.minimum) as minimum, (min(p.expires_on) filter (where p.expires_on >= ${today}::date))::text as next_expiry,
      coalesce(jsonb_agg(jsonb_build_object('code', p.code, 'expiresOn', p.expires_on, 'shelf', p.shelf, 'implant', p.implant) order by p.expires_on) filter (where p.id is not null), '[]') as packs
    from cssd_set_type t
    left join cssd_pack p on p.set_type_id = t.id and p.location_id = ${site} and p.state = 'received'
    left join cssd_stock_level s on s.set_type_id = t.id and s.institution_id = ${site}
    where p.id is not null or s.minimum is not null group by t.code, t.name order by t.code limit 500`.execute(
    ctx.db,
  );
  const { rows: away } = await sql<{
    code: string;
    setName: string;
    state: string;
    location: string;
    trayCode: string | null;
    collectedAt: Date;
    expiresOn: string | null;
  }>`
    select p.code, t.name as set_name, p.state, l.short_name as location, tr.code as tray_code, p.collected_at, p.expires_on::text as expires_on
    from cssd_pack p join cssd_set_type t on t.id = p.set_type_id join institution l on l.id = p.location_id left join cssd_tray tr on tr.id = p.tray_id
    where p.owner_institution_id = ${site} and p.state not in ('used', 'reprocess', 'discarded', 'lost', 'received') order by p.collected_at desc limit 300`.execute(
    ctx.db,
  );
  const { rows: incoming } = await sql<{
    number: string;
    departedAt: Date;
    vehicle: string;
    courier: string | null;
    packs: unknown;
  }>`
    select tf.number, tf.departed_at, tf.vehicle, c.name as courier,
      jsonb_agg(jsonb_build_object('code', p.code, 'setName', t.name, 'expiresOn', p.expires_on, 'received', tp.received_at is not null) order by p.code) as packs
    from cssd_transfer tf join cssd_transfer_pack tp on tp.transfer_id = tf.id join cssd_pack p on p.id = tp.pack_id join cssd_set_type t on t.id = p.set_type_id
    left join staff c on c.id = tf.courier_id where tf.to_institution_id = ${site} and tf.kind = 'sterile' and tf.arrived_at is null
    group by tf.id, c.name order by tf.departed_at limit 50`.execute(ctx.db);
  const { rows: requests } = await sql<{
    orderId: string;
    accessionNumber: string;
    status: string;
    neededOn: string;
    lines: unknown;
  }>`
    select o.id as order_id, o.accession_number, o.status::text as status, min(l.needed_on)::text as needed_on,
      jsonb_agg(jsonb_build_object('code', t.code, 'name', t.name, 'quantity', l.quantity, 'sent', (select count(*) from cssd_pack p where p.order_id = o.id and p.set_type_id = l.set_type_id))) as lines
    from orders o join cssd_order_line l on l.order_id = o.id join cssd_set_type t on t.id = l.set_type_id
    where o.requesting_institution_id = ${site} and o.center_kind = 'sterilization' and o.created_at > ${ctx.clock.now()}::timestamptz - interval '30 days'
    group by o.id order by o.created_at desc limit 50`.execute(ctx.db);
  const { rows: recalls } = await sql<{
    recallId: string;
    number: string;
    raisedAt: Date;
    packs: number;
    usedPacks: number;
    acknowledgedAt: Date | null;
    open: number;
  }>`
    select r.id as recall_id, r.number, r.raised_at, n.packs, n.used_packs, n.acknowledged_at,
      (select count(*)::int from cssd_recall_item i where i.recall_id = r.id and i.location_id = ${site} and i.outcome in ('pending', 'found')) as open
    from cssd_recall_notice n join cssd_recall r on r.id = n.recall_id where n.institution_id = ${site} and r.closed_at is null order by r.raised_at desc limit 20`.execute(
    ctx.db,
  );
  return { today, stock, away, incoming, requests, recalls };
}

export const listReturnsQuery = pageQuery.extend({ state: z.enum(['waiting', 'all']).default('waiting') });

/** Declared returns: those waiting for the courier, or all; a courier sees the waiting ones of all sites. */
export async function listReturns(
  ctx: Pick<Context, 'db'>,
  actor: Actor,
  query: z.output<typeof listReturnsQuery>,
) {
  const scope =
    can(actor, RIGHTS.drive) && !actor.institutionId
      ? {}
      : await readScope(ctx.db, actor).catch((error: unknown) => {
          if (can(actor, RIGHTS.drive)) return {};
          throw error;
        });
  const where = [sql<boolean>`true`];
  if ('centerId' in scope && scope.centerId) where.push(sql<boolean>`r.center_id = ${scope.centerId}`);
  if ('institutionId' in scope && scope.institutionId)
    where.push(sql<boolean>`r.institution_id = ${scope.institutionId}`);
  if (query.state === 'waiting') where.push(sql<boolean>`r.transfer_id is null`);
  const { rows } = await sql<Record<string, unknown>>`
    select r.id, r.number, i.short_name as institution, i.code as institution_code, r.infectious, r.declared_at, s.name as declared_by, r.note, tf.number as transfer, tf.departed_at, tf.arrived_at,
      (select jsonb_agg(jsonb_build_object('setName', t.name, 'tray', tr.code, 'quantity', l.quantity, 'missing', l.missing, 'damaged', l.damaged, 'note', l.note)) from cssd_return_line l
        join cssd_set_type t on t.id = l.set_type_id left join cssd_tray tr on tr.id = l.tray_id where l.return_id = r.id) as lines
    from cssd_return r join institution i on i.id = r.institution_id join staff s on s.id = r.declared_by left join cssd_transfer tf on tf.id = r.transfer_id
    where ${sql.join(where, sql` and `)} order by r.id desc limit ${query.limit}`.execute(ctx.db);
  return { items: rows, nextCursor: null };
}

/** Open requests of the sites with what is sent and what the centre has in store for them. */
export async function listOpenRequests(ctx: Pick<Context, 'db'>, centerId: string) {
  const { rows } = await sql<Record<string, unknown>>`
    select o.id as order_id, o.accession_number, o.status::text as status, o.priority::text as priority, i.short_name as institution, i.code as institution_code, o.due_at, o.created_at, min(l.needed_on)::text as needed_on,
      jsonb_agg(jsonb_build_object('code', t.code, 'name', t.name, 'quantity', l.quantity,
        'sent', (select count(*) from cssd_pack p where p.order_id = o.id and p.set_type_id = l.set_type_id and p.state not in ('reprocess', 'discarded', 'lost')),
        'inStore', (select count(*) from cssd_pack p where p.set_type_id = l.set_type_id and p.location_id = ${centerId} and p.state in ('released', 'stored') and p.expires_on >= (now() at time zone 'Asia/Shanghai')::date)) order by t.code) as lines
    from orders o join institution i on i.id = o.requesting_institution_id join cssd_order_line l on l.order_id = o.id join cssd_set_type t on t.id = l.set_type_id
    where o.reporting_institution_id = ${centerId} and o.center_kind = 'sterilization' and o.status in ('requested', 'received', 'partial')
    group by o.id, i.short_name, i.code order by min(l.needed_on), o.priority, o.created_at limit 200`.execute(
    ctx.db,
  );
  return { items: rows, nextCursor: null };
}
