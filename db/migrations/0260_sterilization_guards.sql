-- Sterile supply: guards that stood on what a program said of itself now stand on the rows they speak of.

-- A release says of its load what is true of it: with implants, or of a programme that demands an indicator every time,
-- it cannot pass as a plain one.
create function cssd_release_truth() returns trigger language plpgsql as $$
declare
  fact record;
begin
  select l.has_implant or exists (select from cssd_pack where load_id = l.id and implant) as implant,
    p.biological_every = 'load' as every_load into fact
  from cssd_load l join cssd_programme p on p.id = l.programme_id where l.id = new.load_id;
  if fact.implant and not new.has_implant then
    raise exception 'the load carries implants' using errcode = '23514', constraint = 'cssd_release_implant';
  end if;
  if fact.every_load and not new.biological_required then
    raise exception 'the programme demands a biological indicator of every load'
      using errcode = '23514', constraint = 'cssd_release_every_load';
  end if;
  return new;
end $$;
create trigger cssd_release_truth before insert on cssd_release for each row execute function cssd_release_truth();

-- Indicators are read when the cycle is over, not while it runs.
create function cssd_indicator_after_cycle() returns trigger language plpgsql as $$
begin
  if exists (select from cssd_load where id = new.load_id and state = 'running') then
    raise exception 'the load still runs' using errcode = '23514', constraint = 'cssd_indicator_after_cycle';
  end if;
  return new;
end $$;
create trigger cssd_indicator_after_cycle before insert or update on cssd_indicator
  for each row when (new.outcome <> 'pending') execute function cssd_indicator_after_cycle();

-- A sterile transfer names load and release of each pack; a dirty one carries only what has just been collected.
alter table cssd_transfer_pack add constraint cssd_transfer_load
  check (kind <> 'sterile' or (load_id is not null and expires_on is not null));
create function cssd_transfer_dirty_pack() returns trigger language plpgsql as $$
begin
  if exists (select from cssd_pack where id = new.pack_id and load_id is not null and state <> 'used') then
    raise exception 'a dirty transfer carries no sterilized pack'
      using errcode = '23514', constraint = 'cssd_transfer_dirty';
  end if;
  return new;
end $$;
create trigger cssd_transfer_dirty_pack before insert on cssd_transfer_pack
  for each row when (new.kind = 'dirty') execute function cssd_transfer_dirty_pack();

-- One print-out belongs to one cycle; one pack comes back in one return.
create unique index cssd_cycle_print_out on cssd_cycle (print_out_id) where print_out_id is not null;
create unique index cssd_return_line_once on cssd_return_line (previous_pack_id) where previous_pack_id is not null;

-- The same number of a station with another time on it is another scan: a station that was set up anew loses nothing.
alter table cssd_scan drop constraint cssd_scan_station_client_sequence_key;
alter table cssd_scan add constraint cssd_scan_once unique (station, client_sequence, device_at);

-- The lead hospital's own wards are served like a site: a transfer may begin and end at one institution.
do $$
declare
  name text;
begin
  select conname into name from pg_constraint
  where conrelid = 'cssd_transfer'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%from_institution_id <> to_institution_id%';
  if name is not null then
    execute format('alter table cssd_transfer drop constraint %I', name);
  end if;
end $$;
