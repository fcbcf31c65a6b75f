import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import { readScope } from '../access.ts';
import { findPackId } from '../packs.ts';
import { expiryState, localDay } from '../rules/expiry.ts';
import { flowOf, STEPS, type PackState } from '../rules/steps.ts';
import { eventsOf, instrumentsOf } from '../trace/traceSql.ts';

interface PackRow {
  id: string;
  code: string;
  state: PackState;
  setTypeCode: string;
  setName: string;
  setNameEn: string;
  pictureSha256: string | null;
  trayCode: string | null;
  owner: string;
  location: string;
  locationId: string;
  ownerInstitutionId: string;
  shelf: string;
  urgent: boolean;
  infectious: string;
  implant: boolean;
  washRequired: boolean;
  method: string;
  material: string | null;
  packedBy: string | null;
  checkedBy: string | null;
  loadId: string | null;
  loadNumber: string | null;
  machine: string | null;
  sterilizedOn: string | null;
  expiresOn: string | null;
  orderId: string | null;
  accessionNumber: string | null;
  previousCode: string | null;
  collectedAt: Date;
  readyAt: Date | null;
  setTypeVersionId: string;
}

/** What a station shows after a scan: the pack, its checklist, the way it went and the step that comes next. */
export async function readPack(ctx: Pick<Context, 'db' | 'clock'>, actor: Actor, scanned: string) {
  const scope = await readScope(ctx.db, actor);
  const id = await findPackId(ctx.db, scanned, scope.centerId);
  const { rows } = await sql<PackRow>`
    select p.id, p.code, p.state, t.code as set_type_code, t.name as set_name, t.name_en as set_name_en, v.picture_sha256, tr.code as tray_code,
      o.short_name as owner, loc.short_name as location, p.location_id, p.owner_institution_id, p.shelf, p.urgent, p.infectious, p.implant, p.wash_required, v.method,
      m.name as material, a.name as packed_by, b.name as checked_by, p.load_id, l.number as load_number, mc.code as machine,
      p.sterilized_on::text as sterilized_on, p.expires_on::text as expires_on, p.order_id, od.accession_number, prev.code as previous_code, p.collected_at, p.ready_at, p.set_type_version_id
    from cssd_pack p join cssd_set_type t on t.id = p.set_type_id join cssd_set_type_version v on v.id = p.set_type_version_id
    left join cssd_tray tr on tr.id = p.tray_id join institution o on o.id = p.owner_institution_id join institution loc on loc.id = p.location_id
    left join cssd_packaging_material m on m.id = p.packaging_material_id left join staff a on a.id = p.packed_by left join staff b on b.id = p.checked_by
    left join cssd_load l on l.id = p.load_id left join cssd_machine mc on mc.id = l.machine_id left join orders od on od.id = p.order_id
    left join cssd_pack prev on prev.id = p.previous_pack_id where p.id = ${id}`.execute(ctx.db);
  const pack = rows[0];
  if (!pack) throw notFound('pack', scanned.slice(0, 60));
  if (
    scope.institutionId &&
    pack.locationId !== scope.institutionId &&
    pack.ownerInstitutionId !== scope.institutionId
  )
    throw notFound('pack', scanned.slice(0, 60));
  const flow = flowOf(pack);
  const at = flow.indexOf(pack.state === 'stored' ? 'released' : pack.state);
  const { rows: contents } = await sql<{
    position: number;
    code: string;
    name: string;
    nameEn: string;
    quantity: number;
    pictureSha256: string | null;
  }>`
    select c.position, i.code, i.name, i.name_en, c.quantity, i.picture_sha256 from cssd_set_type_content c join cssd_instrument_type i on i.id = c.instrument_type_id
    where c.set_type_version_id = ${pack.setTypeVersionId} order by c.position`.execute(ctx.db);
  const { rows: counts } = await sql<{
    stage: string;
    code: string | null;
    name: string | null;
    expected: number;
    found: number;
    damaged: number;
    discrepancy: string;
    note: string;
  }>`
    select c.stage, i.code, i.name, c.expected, c.found, c.damaged, c.discrepancy, c.note from cssd_count c left join cssd_instrument_type i on i.id = c.instrument_type_id
    where c.pack_id = ${id} and c.discrepancy <> 'none' order by c.counted_at limit 100`.execute(ctx.db);
  return {
    ...pack,
    nextStep: at >= 0 && at < flow.length - 1 ? flow[at + 1] : null,
    allowed: STEPS[pack.state],
    expiry: pack.expiresOn
      ? expiryState(pack.expiresOn, localDay(ctx.clock.now()), pack.sterilizedOn ?? undefined)
      : null,
    contents,
    counts,
    instruments: (await instrumentsOf([id]).execute(ctx.db)).rows,
    events: (await eventsOf([id]).execute(ctx.db)).rows,
  };
}
