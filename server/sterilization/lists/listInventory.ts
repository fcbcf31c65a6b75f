import { sql } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import { decodeCursor, encodeCursor } from '../../core/http.ts';
import { centerOf } from '../access.ts';
import { looksLikeGs1, parseGs1 } from '../formats/gs1.ts';

export const inventoryQuery = z.object({
  q: z.string().trim().max(100).default(''),
  state: z.enum(['in-use', 'repair', 'retired', 'lost']).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(200),
  cursor: z.string().max(600).optional(),
});
type InventoryQuery = z.output<typeof inventoryQuery>;

/** The key under which a scan is kept: GRAI, GIAI or GTIN with serial number; anything else as it is. */
export function keyOfScan(code: string): string {
  if (!looksLikeGs1(code)) return code;
  const gs1 = parseGs1(code);
  return gs1.grai ?? gs1.giai ?? (gs1.gtin && gs1.serialNumber ? `${gs1.gtin}.${gs1.serialNumber}` : code);
}

const like = (q: string) => `%${q.replace(/[\\%_]/g, '\\$&')}%`;

/** What was typed or scanned into a search: a GS1 scan is searched by its key, a broken one as text. */
function searched(q: string): string {
  try {
    return keyOfScan(q);
  } catch {
    return q;
  }
}

function page<T extends { code: string }>(rows: T[], limit: number) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor([last.code]) : null };
}

/** Physical sets with their own code: where each circulates, how often it was used, which instruments it holds. */
export async function listTrays(ctx: Pick<Context, 'db'>, actor: Actor, query: InventoryQuery) {
  const centerId = await centerOf(ctx.db, actor, 'read');
  const q = searched(query.q);
  const after = decodeCursor(query.cursor, 1)?.[0] ?? null;
  const { rows: items } = await sql<Record<string, unknown> & { code: string }>`
    select t.id, t.code, t.kind, t.state, t.use_count, s.code as set_type_code, s.name as set_name, o.short_name as owner, t.created_at,
      p.code as pack_code, p.state as pack_state, l.short_name as location,
      (select count(*)::int from cssd_instrument i where i.tray_id = t.id) as instruments
    from cssd_tray t join cssd_set_type s on s.id = t.set_type_id left join institution o on o.id = t.owner_institution_id
    left join lateral (select code, state, location_id from cssd_pack p where p.tray_id = t.id order by p.id desc limit 1) p on true
    left join institution l on l.id = p.location_id
    where t.institution_id = ${centerId} and (${query.state ?? null}::text is null or t.state = ${query.state ?? null})
      and (${q} = '' or t.code = ${q} or t.code ilike ${like(q)} or s.name ilike ${like(q)} or s.code ilike ${like(q)})
      and (${after}::text is null or t.code > ${after})
    order by t.code limit ${query.limit + 1}`.execute(ctx.db);
  return page(items, query.limit);
}

/** Single instruments with their own code: use count against the maker's limit, repairs, the tray each belongs to. */
export async function listInstruments(ctx: Pick<Context, 'db'>, actor: Actor, query: InventoryQuery) {
  const centerId = await centerOf(ctx.db, actor, 'read');
  const q = searched(query.q);
  const after = decodeCursor(query.cursor, 1)?.[0] ?? null;
  const { rows: items } = await sql<Record<string, unknown> & { code: string }>`
    select i.id, i.code, i.state, i.use_count, i.max_uses, i.serial_number, i.lot, i.expires_on::text as expires_on, y.code as type_code, y.name as type_name, t.code as tray_code,
      (select count(*)::int from cssd_instrument_repair r where r.instrument_id = i.id) as repairs,
      (select r.fault from cssd_instrument_repair r where r.instrument_id = i.id and r.repaired_at is null limit 1) as open_fault
    from cssd_instrument i join cssd_instrument_type y on y.id = i.instrument_type_id left join cssd_tray t on t.id = i.tray_id
    where i.institution_id = ${centerId} and (${query.state ?? null}::text is null or i.state = ${query.state ?? null})
      and (${q} = '' or i.code = ${q} or i.code ilike ${like(q)} or y.name ilike ${like(q)} or t.code ilike ${like(q)})
      and (${after}::text is null or i.code > ${after})
    order by i.code limit ${query.limit + 1}`.execute(ctx.db);
  return page(items, query.limit);
}

/** One instrument: its repairs and the latest circulations it was in. */
export async function readInstrument(ctx: Pick<Context, 'db'>, actor: Actor, scanned: string) {
  const centerId = await centerOf(ctx.db, actor, 'read');
  const { rows } = await sql<{ id: string }>`
    select i.id, i.code, i.state, i.use_count, i.max_uses, i.serial_number, i.lot, i.expires_on::text as expires_on, y.code as type_code, y.name as type_name, y.gtin, y.picture_sha256, t.code as tray_code
    from cssd_instrument i join cssd_instrument_type y on y.id = i.instrument_type_id left join cssd_tray t on t.id = i.tray_id
    where i.institution_id = ${centerId} and i.code in (${scanned}, ${searched(scanned)}) limit 1`.execute(
    ctx.db,
  );
  const instrument = rows[0];
  if (!instrument) throw notFound('instrument', scanned.slice(0, 60));
  const { rows: repairs } = await sql<Record<string, unknown>>`
    select r.id, r.reported_at, s.name as reported_by, r.fault, r.repaired_at, r.repaired_by, r.result
    from cssd_instrument_repair r join staff s on s.id = r.reported_by where r.instrument_id = ${instrument.id} order by r.reported_at desc limit 100`.execute(
    ctx.db,
  );
  const { rows: uses } = await sql<Record<string, unknown>>`
    select p.code, p.state, s.name as set_name, l.number as load_number, l.id as load_id, u.used_at, o.short_name as institution
    from (select pack_id from cssd_pack_instrument where instrument_id = ${instrument.id} order by pack_id desc limit 50) x
    join cssd_pack p on p.id = x.pack_id join cssd_set_type s on s.id = p.set_type_id left join cssd_load l on l.id = p.load_id
    left join cssd_use u on u.pack_id = p.id left join institution o on o.id = coalesce(u.institution_id, p.location_id) order by p.id desc`.execute(
    ctx.db,
  );
  return { ...instrument, repairs, uses };
}

export const loanersQuery = z.object({ state: z.enum(['open', 'all']).default('open') });

/** Vendor sets (外来器械): receipts with lead time, counts in and out, and where the set stands now. */
export async function listLoaners(
  ctx: Pick<Context, 'db'>,
  actor: Actor,
  query: z.output<typeof loanersQuery>,
) {
  const centerId = await centerOf(ctx.db, actor, 'read');
  const { rows: items } = await sql<Record<string, unknown>>`
    select r.id, t.code as tray, y.name as set_name, r.vendor, r.vendor_contact, r.received_at, s.name as received_by, r.surgery_at, r.instructions_note, r.weight_g, r.count_in,
      r.count_out, r.returned_at, b.name as returned_by, r.discrepancy, p.code as pack_code, p.state as pack_state
    from cssd_loaner_receipt r join cssd_tray t on t.id = r.tray_id join cssd_set_type y on y.id = t.set_type_id join staff s on s.id = r.received_by left join staff b on b.id = r.returned_by
    left join lateral (select code, state from cssd_pack p where p.tray_id = t.id and p.collected_at >= r.received_at - interval '1 hour' order by p.id desc limit 1) p on true
    where t.institution_id = ${centerId} and (${query.state} = 'all' or r.returned_at is null) order by r.received_at desc limit 200`.execute(
    ctx.db,
  );
  return { items, nextCursor: null };
}

/** What a scanned code says: GS1 elements with lot, serial number and dates, and what the hub knows under it. */
export async function readCode(ctx: Pick<Context, 'db'>, actor: Actor, text: string) {
  const centerId = await centerOf(ctx.db, actor, 'read');
  const gs1 = looksLikeGs1(text) ? parseGs1(text) : undefined;
  const key = keyOfScan(text);
  const type = gs1?.gtin
    ? await ctx.db
        .selectFrom('cssdInstrumentType')
        .select(['code', 'name'])
        .where('institutionId', '=', centerId)
        .where('gtin', '=', gs1.gtin)
        .executeTakeFirst()
    : undefined;
  const tray = await ctx.db.selectFrom('cssdTray').select('code').where('code', '=', key).executeTakeFirst();
  const instrument = await ctx.db
    .selectFrom('cssdInstrument')
    .select('code')
    .where('code', '=', key)
    .executeTakeFirst();
  return {
    key,
    gs1: gs1 ?? null,
    instrumentType: type ?? null,
    known: tray ? 'tray' : instrument ? 'instrument' : null,
  };
}
