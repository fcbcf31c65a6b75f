-- Sterile supply (消毒供应), part 1: the catalogue. cssd = central sterile supply department.
-- What is processed (instruments, sets, trays), in what it is packed, and on which machines.

create table cssd_packaging_material (
  id uuid primary key default uuidv7(),
  code text not null unique,
  name text not null,
  name_en text not null,
  -- Expiry follows the material, and the store climate (at most 24 °C and 70 % RH counts as controlled).
  shelf_life_days integer not null check (shelf_life_days between 1 and 730),
  shelf_life_days_uncontrolled integer not null check (shelf_life_days_uncontrolled >= 1),
  active boolean not null default true,
  check (shelf_life_days_uncontrolled <= shelf_life_days)
);

create table cssd_instrument_type (
  id uuid primary key default uuidv7(),
  institution_id uuid not null references institution,
  code text not null,
  name text not null,
  name_en text not null default '',
  picture_sha256 text check (picture_sha256 ~ '^[0-9a-f]{64}$'),
  gtin text check (gtin ~ '^\d{14}$'),
  price_fen integer not null default 0 check (price_fen >= 0),
  active boolean not null default true,
  unique (institution_id, code)
);

create table cssd_set_type (
  id uuid primary key default uuidv7(),
  institution_id uuid not null references institution,
  code text not null check (code ~ '^[A-Z0-9][A-Z0-9-]{0,31}$'),
  name text not null,
  name_en text not null default '',
  active boolean not null default true,
  unique (institution_id, code)
);

create table cssd_set_type_version (
  id uuid primary key default uuidv7(),
  set_type_id uuid not null references cssd_set_type,
  version integer not null check (version >= 1),
  packaging_material_id uuid not null references cssd_packaging_material,
  method text not null check (method in ('steam', 'eo', 'plasma', 'formaldehyde', 'dry-heat')),
  wash_required boolean not null default true,
  implant boolean not null default false,
  inner_indicator_class integer not null default 5 check (inner_indicator_class between 1 and 6),
  weight_g integer check (weight_g > 0),
  price_fen integer not null default 0 check (price_fen >= 0),
  picture_sha256 text check (picture_sha256 ~ '^[0-9a-f]{64}$'),
  instructions text not null default '',
  created_at timestamptz not null default now(),
  created_by uuid references staff,
  unique (set_type_id, version)
);

create table cssd_set_type_content (
  set_type_version_id uuid not null references cssd_set_type_version,
  position integer not null check (position >= 1),
  instrument_type_id uuid not null references cssd_instrument_type,
  quantity integer not null check (quantity between 1 and 200),
  primary key (set_type_version_id, position)
);

-- A physical set that circulates under its own code (GRAI or DataMatrix); loaner = 外来器械.
create table cssd_tray (
  id uuid primary key default uuidv7(),
  institution_id uuid not null references institution,
  code text not null unique,
  set_type_id uuid not null references cssd_set_type,
  owner_institution_id uuid references institution,
  kind text not null default 'own' check (kind in ('own', 'loaner')),
  use_count integer not null default 0 check (use_count >= 0),
  state text not null default 'in-use' check (state in ('in-use', 'repair', 'retired', 'lost')),
  created_at timestamptz not null default now()
);
create index on cssd_tray (set_type_id);

create table cssd_loaner_receipt (
  id uuid primary key default uuidv7(),
  tray_id uuid not null references cssd_tray,
  vendor text not null,
  vendor_contact text not null default '',
  received_at timestamptz not null default now(),
  received_by uuid not null references staff,
  surgery_at timestamptz not null,
  instructions_sha256 text check (instructions_sha256 ~ '^[0-9a-f]{64}$'),
  instructions_note text not null check (length(instructions_note) > 0),
  weight_g integer not null check (weight_g > 0),
  count_in integer not null check (count_in > 0),
  count_out integer check (count_out >= 0),
  returned_at timestamptz,
  returned_by uuid references staff,
  discrepancy text,
  -- A vendor set goes back complete, or somebody has said what is missing.
  check (returned_at is null or (count_out is not null and returned_by is not null)),
  check (count_out is null or count_out = count_in or length(discrepancy) > 0)
);
create unique index cssd_loaner_open on cssd_loaner_receipt (tray_id) where returned_at is null;

create table cssd_instrument (
  id uuid primary key default uuidv7(),
  institution_id uuid not null references institution,
  code text not null unique,
  instrument_type_id uuid not null references cssd_instrument_type,
  tray_id uuid references cssd_tray,
  serial_number text not null default '',
  lot text not null default '',
  expires_on date,
  use_count integer not null default 0 check (use_count >= 0),
  max_uses integer check (max_uses > 0),
  state text not null default 'in-use' check (state in ('in-use', 'repair', 'retired', 'lost'))
);
create index on cssd_instrument (tray_id);

create table cssd_instrument_repair (
  id uuid primary key default uuidv7(),
  instrument_id uuid not null references cssd_instrument,
  reported_at timestamptz not null default now(),
  reported_by uuid not null references staff,
  fault text not null check (length(fault) > 0),
  repaired_at timestamptz,
  repaired_by text,
  result text,
  check ((repaired_at is null) = (result is null))
);
create index on cssd_instrument_repair (instrument_id);

create table cssd_machine (
  id uuid primary key default uuidv7(),
  institution_id uuid not null references institution,
  code text not null,
  name text not null,
  kind text not null check (kind in ('washer', 'dryer', 'sterilizer', 'sealer', 'water')),
  -- Steam is split: only a pre-vacuum sterilizer has a Bowie-Dick test.
  method text check (method in ('steam-prevacuum', 'steam-gravity', 'eo', 'plasma', 'formaldehyde', 'dry-heat')),
  status text not null default 'ready' check (status in ('ready', 'blocked', 'out-of-service')),
  manufacturer text not null default '',
  model text not null default '',
  serial_number text not null default '',
  unique (institution_id, code),
  unique (id, kind, method),
  check ((kind = 'sterilizer') = (method is not null))
);

create table cssd_programme (
  id uuid primary key default uuidv7(),
  machine_id uuid not null references cssd_machine,
  code text not null,
  name text not null,
  purpose text not null default 'production'
    check (purpose in ('production', 'wash', 'bowie-dick', 'leak', 'warm-up', 'qualification')),
  method text check (method in ('steam-prevacuum', 'steam-gravity', 'eo', 'plasma', 'formaldehyde', 'dry-heat')),
  -- Limits of the exposure phase; the physical release check compares the record with them.
  set_temperature_c numeric(5, 1),
  band_c numeric(4, 1) not null default 3 check (band_c between 0 and 3),
  min_hold_s integer check (min_hold_s > 0),
  min_pressure_kpa numeric(7, 1),
  max_pressure_kpa numeric(7, 1),
  min_concentration_mg_l numeric(7, 2),
  min_humidity_percent numeric(4, 1),
  max_leak_kpa_min numeric(5, 2),
  min_a0 integer check (min_a0 >= 60),
  biological_every text not null default 'none' check (biological_every in ('none', 'load', 'day', 'week')),
  infectious_route boolean not null default false,
  minutes integer not null default 60 check (minutes between 1 and 1440),
  active boolean not null default true,
  unique (machine_id, code),
  unique (id, machine_id),
  check (min_pressure_kpa is null or max_pressure_kpa is null or min_pressure_kpa <= max_pressure_kpa),
  check (purpose <> 'wash' or (min_a0 is not null and method is null)),
  -- Minimum exposure (WS 310.3): a programme below it cannot be entered.
  constraint cssd_programme_steam_prevacuum check (purpose <> 'production' or method <> 'steam-prevacuum'
    or coalesce(set_temperature_c >= 132 and min_hold_s >= 240, false)),
  constraint cssd_programme_steam_gravity check (purpose <> 'production' or method <> 'steam-gravity'
    or coalesce(set_temperature_c >= 121 and min_hold_s >= 1200, false)),
  constraint cssd_programme_biological check (purpose <> 'production'
    or (method in ('steam-prevacuum', 'steam-gravity') and biological_every in ('week', 'day', 'load'))
    or (method = 'plasma' and biological_every in ('day', 'load'))
    or (method in ('eo', 'formaldehyde') and biological_every = 'load')
    or method = 'dry-heat')
);

create table cssd_print_profile (
  id uuid primary key default uuidv7(),
  code text not null unique,
  name text not null,
  encoding text not null default 'auto' check (encoding in ('auto', 'utf-8', 'gb18030', 'latin1')),
  rules jsonb not null check (jsonb_typeof(rules) = 'object'),
  created_at timestamptz not null default now()
);

-- Where a machine's print-outs come from: a serial server dialling in, or a watched folder.
create table cssd_print_source (
  id uuid primary key default uuidv7(),
  machine_id uuid not null references cssd_machine,
  profile_id uuid not null references cssd_print_profile,
  kind text not null check (kind in ('tcp', 'folder')),
  address text not null check (length(address) > 0),
  active boolean not null default true,
  unique (kind, address)
);

create table cssd_route (
  id uuid primary key default uuidv7(),
  institution_id uuid not null references institution,
  code text not null,
  name text not null,
  departs_at time not null default '08:00',
  weekdays integer[] not null default '{1,2,3,4,5}',
  unique (institution_id, code)
);

create table cssd_route_stop (
  route_id uuid not null references cssd_route,
  position integer not null check (position >= 1),
  institution_id uuid not null references institution,
  primary key (route_id, position),
  unique (route_id, institution_id)
);

create table cssd_stock_level (
  institution_id uuid not null references institution,
  set_type_id uuid not null references cssd_set_type,
  minimum integer not null check (minimum >= 0),
  primary key (institution_id, set_type_id)
);

create table cssd_cost_rate (
  id uuid primary key default uuidv7(),
  institution_id uuid not null references institution,
  component text not null check (component in
    ('labor', 'packaging', 'indicator', 'detergent', 'energy', 'depreciation', 'transport', 'other')),
  set_type_id uuid references cssd_set_type,
  method text check (method in ('steam', 'eo', 'plasma', 'formaldehyde', 'dry-heat')),
  amount_fen integer not null check (amount_fen >= 0),
  valid_from date not null,
  unique nulls not distinct (institution_id, component, set_type_id, method, valid_from)
);
