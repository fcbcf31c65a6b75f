import { sql } from 'kysely';
import type { Transaction } from '../../core/database.ts';

/**
 * The month of history in the light of single instruments: those of a tray went through every circulation of it, each
 * plate pack held an implant with its own UDI, uses are counted, and a few instruments were repaired. Synthetic.
 */
export async function linkInstruments(trx: Transaction): Promise<void> {
  await sql`
    insert into cssd_pack_instrument (pack_id, instrument_id)
    select p.id, i.id from cssd_pack p join cssd_instrument i on i.tray_id = p.tray_id where p.packed_by is not null
    on conflict do nothing`.execute(trx);
  await sql`
    insert into cssd_pack_implant (pack_id, gtin, lot, serial_number, produced_on, expires_on, raw)
    select p.id, '06901234567892', 'LP2609', right(p.code, 6), date '2026-09-01', date '2031-08-31',
      '(01)06901234567892(11)260901(17)310831(10)LP2609(21)' || right(p.code, 6)
    from cssd_pack p join cssd_set_type t on t.id = p.set_type_id
    where t.code = 'BONE-PLATE' and p.packed_by is not null and not exists (select from cssd_pack_implant x where x.pack_id = p.id)`.execute(
    trx,
  );
  await sql`
    update cssd_tray t set use_count = (select count(*) from cssd_pack p join cssd_use u on u.pack_id = p.id where p.tray_id = t.id)`.execute(
    trx,
  );
  await sql`
    update cssd_instrument i set use_count = (select count(*) from cssd_pack_instrument x join cssd_use u on u.pack_id = x.pack_id where x.instrument_id = i.id), max_uses = 500`.execute(
    trx,
  );
  await sql`
    insert into cssd_instrument_repair (instrument_id, reported_at, reported_by, fault, repaired_at, repaired_by, result)
    select i.id, e.at, e.staff_id, '转动不畅,有异响', e.at + interval '4 days', '厂家售后', 'repaired'
    from (select id, tray_id from cssd_instrument where use_count > 0 order by use_count desc, code limit 3) i
    join lateral (select e.at, e.staff_id from cssd_pack_event e join cssd_pack p on p.id = e.pack_id where p.tray_id = i.tray_id and e.kind = 'counted' order by e.id limit 1) e on true`.execute(
    trx,
  );
}
