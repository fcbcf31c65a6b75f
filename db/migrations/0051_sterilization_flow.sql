-- Sterile supply, part 2: the flow. One cssd_pack row is one circulation of a set, from the dirty box to the
-- patient; its code stays the same from the ticket at collection to the sterile label.

create function cssd_append_only() returns trigger language plpgsql as $$
begin
  raise exception '% is append only', tg_table_name using errcode = '23514', constraint = tg_table_name || '_append_only';
end $$;

create sequence cssd_pack_number;
create sequence cssd_return_number;
create sequence cssd_transfer_number;

create table cssd_order_line (
  order_id uuid not null references orders,
  set_type_id uuid not null references cssd_set_type,
  quantity integer not null check (quantity between 1 and 500),
  needed_on date not null,
  primary key (order_id, set_type_id)
);
create index on cssd_order_line (needed_on);

create table cssd_transfer (
  id uuid primary key default uuidv7(),
  number text not null unique,
  kind text not null check (kind in ('dirty', 'sterile', 'unused')),
  from_institution_id uuid not null references institution,
  to_institution_id uuid not null references institution,
  route_id uuid references cssd_route,
  courier_id uuid references staff,
  vehicle text not null default '',
  created_at timestamptz not null default now(),
  created_by uuid not null references staff,
  departed_at timestamptz not null default now(),
  arrived_at timestamptz,
  received_by uuid references staff,
  unique (id, kind),
  check ((arrived_at is null) = (received_by is null)),
  check (from_institution_id <> to_institution_id)
);
create index on cssd_transfer (to_institution_id, departed_at) where arrived_at is null;

-- What the township declares when it hands over used sets (回收单).
create table cssd_return (
  id uuid primary key default uuidv7(),
  number text not null unique,
  institution_id uuid not null references institution,
  center_id uuid not null references institution,
  infectious text not null default 'none' check (infectious in ('none', 'prion', 'gas-gangrene', 'unknown-cause')),
  declared_at timestamptz not null default now(),
  declared_by uuid not null references staff,
  device_at timestamptz,
  transfer_id uuid references cssd_transfer,
  note text not null default ''
);
create index on cssd_return (institution_id, declared_at);
create index cssd_return_waiting on cssd_return (center_id, declared_at) where transfer_id is null;

create table cssd_return_line (
  id uuid primary key default uuidv7(),
  return_id uuid not null references cssd_return,
  set_type_id uuid not null references cssd_set_type,
  tray_id uuid references cssd_tray,
  previous_pack_id uuid,
  quantity integer not null check (quantity between 1 and 200),
  missing integer not null default 0 check (missing >= 0),
  damaged integer not null default 0 check (damaged >= 0),
  note text not null default '',
  check (tray_id is null or quantity = 1)
);
create index on cssd_return_line (return_id);

create table cssd_wash_load (
  id uuid primary key default uuidv7(),
  number text not null unique,
  machine_id uuid not null references cssd_machine,
  programme_id uuid not null,
  infectious_route boolean not null default false,
  started_at timestamptz not null default now(),
  started_by uuid not null references staff,
  ended_at timestamptz,
  ended_by uuid references staff,
  a0 numeric(10, 1) check (a0 >= 0),
  outcome text not null default 'pending' check (outcome in ('pending', 'pass', 'fail')),
  finding text not null default '',
  foreign key (programme_id, machine_id) references cssd_programme (id, machine_id),
  unique (id, infectious_route),
  check ((outcome = 'pending') = (ended_at is null))
);
create index on cssd_wash_load (machine_id, started_at);

create sequence cssd_load_number;
create table cssd_load (
  id uuid primary key default uuidv7(),
  -- Batch number 锅次号: machine, day, run of the day.
  number text not null unique,
  machine_id uuid not null references cssd_machine,
  programme_id uuid not null,
  purpose text not null check (purpose in ('production', 'bowie-dick', 'leak', 'warm-up', 'qualification')),
  method text not null,
  run_of_day integer not null check (run_of_day >= 1),
  state text not null default 'running' check (state in ('running', 'ended', 'released', 'failed', 'recalled')),
  has_implant boolean not null default false,
  started_at timestamptz not null default now(),
  started_on date not null generated always as ((started_at at time zone 'Asia/Shanghai')::date) stored,
  started_by uuid not null references staff,
  ended_at timestamptz,
  -- The passed Bowie-Dick test of the same day (only pre-vacuum production needs one).
  bowie_dick_id uuid,
  bowie_dick_on date,
  bowie_dick_outcome text,
  foreign key (programme_id, machine_id) references cssd_programme (id, machine_id),
  unique (machine_id, started_on, run_of_day),
  constraint cssd_load_bowie_dick check (purpose <> 'production' or method <> 'steam-prevacuum'
    or coalesce(bowie_dick_id is not null and bowie_dick_on = started_on and bowie_dick_outcome = 'pass', false)),
  check ((state = 'running') = (ended_at is null))
);
create index on cssd_load (machine_id, started_at);
create unique index cssd_load_running on cssd_load (machine_id) where state = 'running';

create table cssd_machine_test (
  id uuid primary key default uuidv7(),
  machine_id uuid not null references cssd_machine,
  load_id uuid unique references cssd_load,
  kind text not null check (kind in ('bowie-dick', 'leak')),
  tested_at timestamptz not null default now(),
  tested_on date not null generated always as ((tested_at at time zone 'Asia/Shanghai')::date) stored,
  outcome text not null check (outcome in ('pass', 'fail')),
  leak_kpa_min numeric(5, 2) check (leak_kpa_min >= 0),
  image_sha256 text check (image_sha256 ~ '^[0-9a-f]{64}$'),
  lot text not null default '',
  read_by uuid not null references staff,
  note text not null default '',
  unique (id, machine_id, tested_on, outcome),
  check (kind <> 'leak' or leak_kpa_min is not null)
);
create index on cssd_machine_test (machine_id, kind, tested_at desc);
create trigger cssd_machine_test_append_only before update or delete on cssd_machine_test
  for each row execute function cssd_append_only();
alter table cssd_load add foreign key (bowie_dick_id, machine_id, bowie_dick_on, bowie_dick_outcome)
  references cssd_machine_test (id, machine_id, tested_on, outcome);

-- Which step may follow which. server/sterilization/steps.ts holds the same table; a test compares them.
create table cssd_step (
  from_state text not null,
  to_state text not null,
  primary key (from_state, to_state)
);
insert into cssd_step values
  ('collected', 'pretreated'), ('collected', 'counted'), ('collected', 'lost'),
  ('pretreated', 'counted'),
  ('counted', 'washed'), ('counted', 'inspected'), ('counted', 'lost'),
  ('washed', 'dried'), ('washed', 'counted'),
  ('dried', 'inspected'), ('dried', 'counted'),
  ('inspected', 'packed'), ('inspected', 'counted'),
  ('packed', 'loaded'), ('packed', 'reprocess'),
  ('loaded', 'packed'), ('loaded', 'sterilized'), ('loaded', 'reprocess'),
  ('sterilized', 'released'), ('sterilized', 'recalled'), ('sterilized', 'reprocess'),
  ('released', 'stored'), ('released', 'dispatched'), ('released', 'recalled'), ('released', 'reprocess'),
  ('stored', 'dispatched'), ('stored', 'recalled'), ('stored', 'reprocess'), ('stored', 'lost'),
  ('dispatched', 'received'), ('dispatched', 'recalled'), ('dispatched', 'reprocess'), ('dispatched', 'lost'),
  ('received', 'used'), ('received', 'returned'), ('received', 'recalled'), ('received', 'reprocess'),
  ('received', 'lost'),
  ('returned', 'reprocess'), ('returned', 'recalled'),
  ('recalled', 'used'), ('recalled', 'reprocess'), ('recalled', 'discarded'), ('recalled', 'lost'),
  ('reprocess', 'discarded');

create table cssd_pack (
  id uuid primary key default uuidv7(),
  code text not null unique check (code ~ '^P[0-9]{8,14}$'),
  center_id uuid not null references institution,
  set_type_id uuid not null references cssd_set_type,
  set_type_version_id uuid not null references cssd_set_type_version,
  tray_id uuid references cssd_tray,
  previous_pack_id uuid references cssd_pack,
  owner_institution_id uuid not null references institution,
  order_id uuid references orders,
  state text not null check (state in ('collected', 'pretreated', 'counted', 'washed', 'dried', 'inspected', 'packed',
    'loaded', 'sterilized', 'released', 'stored', 'dispatched', 'received', 'used', 'returned', 'recalled', 'reprocess',
    'discarded', 'lost')),
  urgent boolean not null default false,
  infectious text not null default 'none' check (infectious in ('none', 'prion', 'gas-gangrene', 'unknown-cause')),
  implant boolean not null default false,
  wash_required boolean not null default true,
  return_line_id uuid references cssd_return_line,
  collected_at timestamptz not null default now(),
  pretreated_at timestamptz,
  wash_load_id uuid references cssd_wash_load,
  packaging_material_id uuid references cssd_packaging_material,
  packed_at timestamptz,
  packed_by uuid references staff,
  checked_by uuid references staff,
  load_id uuid references cssd_load,
  sterilized_on date,
  expires_on date,
  release_id uuid,
  location_id uuid not null references institution,
  shelf text not null default '',
  ready_at timestamptz,
  cost_fen integer check (cost_fen >= 0),
  updated_at timestamptz not null default now(),
  unique (id, load_id, expires_on),
  unique (id, infectious),
  constraint cssd_pack_infectious_route check (infectious = 'none' or pretreated_at is not null
    or state in ('collected', 'lost')),
  constraint cssd_pack_washed check (not wash_required or wash_load_id is not null
    or state in ('collected', 'pretreated', 'counted', 'lost')),
  constraint cssd_pack_packed check (
    (packed_by is not null and checked_by is not null and packaging_material_id is not null)
    or state in ('collected', 'pretreated', 'counted', 'washed', 'dried', 'inspected', 'lost')),
  constraint cssd_pack_sterilized check ((load_id is not null and sterilized_on is not null and expires_on is not null)
    or state not in ('sterilized', 'released', 'stored', 'dispatched', 'received', 'used', 'returned', 'recalled')),
  constraint cssd_pack_released check (release_id is not null
    or state not in ('released', 'stored', 'dispatched', 'received', 'used', 'returned')),
  check (expires_on is null or expires_on > sterilized_on)
);
-- The same tray cannot circulate twice, hence not lie in two loads.
create unique index cssd_pack_open_tray on cssd_pack (tray_id)
  where tray_id is not null and state not in ('used', 'reprocess', 'discarded', 'lost');
-- A pack is returned dirty or reprocessed once.
create unique index cssd_pack_successor on cssd_pack (previous_pack_id) where previous_pack_id is not null;
create index on cssd_pack (load_id);
create index on cssd_pack (wash_load_id);
create index on cssd_pack (order_id);
create index on cssd_pack (tray_id, id);
create index on cssd_pack (set_type_id);
create index cssd_pack_open on cssd_pack (center_id, state, collected_at)
  where state not in ('used', 'reprocess', 'discarded', 'lost');
create index cssd_pack_stock on cssd_pack (location_id, expires_on)
  where state in ('stored', 'released', 'dispatched', 'received');
alter table cssd_return_line add foreign key (previous_pack_id) references cssd_pack;

create function cssd_pack_step() returns trigger language plpgsql as $$
begin
  if not exists (select from cssd_step where from_state = old.state and to_state = new.state) then
    raise exception 'pack % cannot go from % to %', old.code, old.state, new.state
      using errcode = '23514', constraint = 'cssd_pack_step';
  end if;
  return new;
end $$;
create trigger cssd_pack_step before update of state on cssd_pack
  for each row when (old.state is distinct from new.state) execute function cssd_pack_step();

create function cssd_pack_frozen() returns trigger language plpgsql as $$
begin
  raise exception 'pack % is sterilized: its load and dates are frozen', old.code
    using errcode = '23514', constraint = 'cssd_pack_frozen';
end $$;
create trigger cssd_pack_frozen before update on cssd_pack
  for each row when (old.sterilized_on is not null and (old.load_id is distinct from new.load_id
    or old.sterilized_on is distinct from new.sterilized_on or old.expires_on is distinct from new.expires_on
    or (old.release_id is not null and old.release_id is distinct from new.release_id)))
  execute function cssd_pack_frozen();

-- Who, when, where, which machine. Order is the server's; the station's own clock stands beside it.
create table cssd_pack_event (
  id bigint generated always as identity primary key,
  pack_id uuid not null references cssd_pack,
  kind text not null,
  at timestamptz not null default clock_timestamp(),
  device_at timestamptz,
  staff_id uuid not null references staff,
  institution_id uuid not null references institution,
  station text not null default '',
  machine_id uuid references cssd_machine,
  wash_load_id uuid references cssd_wash_load,
  load_id uuid references cssd_load,
  transfer_id uuid references cssd_transfer,
  patient_id uuid references patient,
  detail jsonb not null default '{}'
);
create index on cssd_pack_event (pack_id, id);
create trigger cssd_pack_event_append_only before update or delete on cssd_pack_event
  for each row execute function cssd_append_only();
create trigger cssd_pack_event_no_truncate before truncate on cssd_pack_event
  for each statement execute function cssd_append_only();

-- Count at reception and at assembly; unequal counts need a discrepancy.
create table cssd_count (
  id uuid primary key default uuidv7(),
  pack_id uuid not null references cssd_pack,
  stage text not null check (stage in ('sort', 'assembly', 'loaner-out')),
  instrument_type_id uuid references cssd_instrument_type,
  expected integer not null check (expected >= 0),
  found integer not null check (found >= 0),
  damaged integer not null default 0 check (damaged >= 0),
  discrepancy text not null default 'none'
    check (discrepancy in ('none', 'missing', 'damaged', 'foreign', 'replaced', 'repair')),
  note text not null default '',
  counted_at timestamptz not null default now(),
  counted_by uuid not null references staff,
  constraint cssd_count_discrepancy check ((expected = found and damaged = 0) or discrepancy <> 'none')
);
create index on cssd_count (pack_id);
create index cssd_count_discrepancies on cssd_count (counted_at) where discrepancy <> 'none';
create trigger cssd_count_append_only before update or delete on cssd_count
  for each row execute function cssd_append_only();

-- Which coded instruments, or implants by UDI, went into this circulation.
create table cssd_pack_instrument (
  pack_id uuid not null references cssd_pack,
  instrument_id uuid not null references cssd_instrument,
  primary key (pack_id, instrument_id)
);
create index on cssd_pack_instrument (instrument_id, pack_id);

create table cssd_pack_implant (
  id uuid primary key default uuidv7(),
  pack_id uuid not null references cssd_pack,
  gtin text not null check (gtin ~ '^\d{14}$'),
  lot text not null default '',
  serial_number text not null default '',
  produced_on date,
  expires_on date,
  raw text not null
);
create index on cssd_pack_implant (pack_id);
create index on cssd_pack_implant (gtin, lot);

create table cssd_wash_load_pack (
  wash_load_id uuid not null,
  infectious_route boolean not null,
  pack_id uuid not null,
  infectious text not null,
  running boolean not null default true,
  primary key (wash_load_id, pack_id),
  foreign key (wash_load_id, infectious_route) references cssd_wash_load (id, infectious_route),
  foreign key (pack_id, infectious) references cssd_pack (id, infectious),
  constraint cssd_wash_infectious_route check (infectious = 'none' or infectious_route)
);
create index on cssd_wash_load_pack (pack_id);
create unique index cssd_wash_running on cssd_wash_load_pack (pack_id) where running;
