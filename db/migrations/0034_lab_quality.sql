-- Laboratory: internal quality control (Westgard, Levey–Jennings) and external quality assessment (室间质评).

create table lab_qc_material (
  id uuid primary key default uuidv7(),
  name text not null,
  manufacturer text,
  level integer not null check (level between 1 and 9),
  lot text not null,
  barcode text unique,
  expires_on date not null,
  active boolean not null default true,
  unique (name, level, lot)
);

create table lab_qc_target (
  id uuid primary key default uuidv7(),
  material_id uuid not null references lab_qc_material (id),
  test_code text not null references lab_test (code),
  instrument_id uuid not null references lab_instrument (id),
  mode text not null default 'fixed' check (mode in ('fixed', 'first-20', 'rolling')),
  mean numeric,
  sd numeric check (sd > 0),
  active boolean not null default true,
  created_at timestamptz not null default now(),
  unique (material_id, test_code, instrument_id),
  check (mode <> 'fixed' or (mean is not null and sd is not null))
);

-- Per test: which rules warn and which reject, how long a pass lasts. Missing test: the defaults in code.
create table lab_qc_plan (
  test_code text primary key references lab_test (code),
  rules jsonb not null,
  valid_hours integer not null default 24 check (valid_hours between 1 and 168),
  levels integer not null default 2 check (levels between 1 and 4),
  updated_by uuid references staff (id),
  updated_at timestamptz not null default now()
);

create table lab_qc_run (
  id uuid primary key default uuidv7(),
  target_id uuid not null references lab_qc_target (id),
  at timestamptz not null,
  value numeric not null,
  mean numeric,
  sd numeric,
  z numeric,
  verdict text not null check (verdict in ('in-control', 'warning', 'rejected', 'learning')),
  violations text[] not null default '{}',
  source text not null check (source in ('manual', 'hl7', 'astm', 'demo')),
  operator_id uuid references staff (id),
  operator_name text,
  reagent_lot text,
  excluded boolean not null default false,
  action text,
  action_cause text,
  action_by uuid references staff (id),
  action_at timestamptz,
  affected jsonb,
  created_at timestamptz not null default now(),
  check ((action is null) = (action_by is null))
);
create index lab_qc_run_target on lab_qc_run (target_id, at desc);

create table lab_qc_event (
  id uuid primary key default uuidv7(),
  instrument_id uuid not null references lab_instrument (id),
  test_code text references lab_test (code),
  at timestamptz not null,
  kind text not null check (kind in ('calibration', 'reagent-lot', 'maintenance', 'repair', 'note')),
  note text not null,
  entered_by uuid references staff (id)
);
create index lab_qc_event_instrument on lab_qc_event (instrument_id, at desc);

create table lab_eqa_round (
  id uuid primary key default uuidv7(),
  organizer text not null,
  scheme text not null,
  name text not null,
  -- who evaluated decides how far results are recognised
  range text not null check (range in ('national', 'region', 'province', 'city', 'county')),
  institution_id uuid not null references institution (id),
  due_at timestamptz not null,
  state text not null default 'open' check (state in ('open', 'submitted', 'scored')),
  submitted_at timestamptz,
  submitted_by uuid references staff (id),
  valid_from date,
  valid_to date,
  unique (scheme, name, institution_id)
);

create table lab_eqa_result (
  round_id uuid not null references lab_eqa_round (id),
  sample text not null,
  test_code text not null references lab_test (code),
  value text,
  entered_by uuid references staff (id),
  entered_at timestamptz,
  target numeric,
  allowed_percent numeric,
  acceptable boolean,
  primary key (round_id, sample, test_code)
);
