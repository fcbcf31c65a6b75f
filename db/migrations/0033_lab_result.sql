-- Laboratory: analyzers, their values and the results made of them.

create table lab_instrument (
  id uuid primary key default uuidv7(),
  code text not null unique check (code ~ '^[A-Z0-9._-]{1,32}$'),
  name text not null,
  model text,
  institution_id uuid not null references institution (id),
  bench text not null,
  driver text not null default 'lis2-a2',
  protocol text not null check (protocol in ('hl7', 'astm', 'none')),
  -- the name it gives itself: H-5 of ASTM, MSH-3|MSH-4 of HL7
  sender text,
  address text,
  charset text not null default 'gb18030',
  settings jsonb not null default '{}',
  last_seen_at timestamptz,
  active boolean not null default true
);
create unique index lab_instrument_sender on lab_instrument (protocol, sender, address) nulls not distinct where sender is not null;

create table lab_instrument_test (
  instrument_id uuid not null references lab_instrument (id),
  instrument_code text not null,
  test_code text not null references lab_test (code),
  -- the only way a unit is changed: by a rule a person entered
  from_unit text,
  factor numeric not null default 1 check (factor <> 0),
  mapped_by uuid references staff (id),
  primary key (instrument_id, instrument_code)
);

-- Everything an analyzer said, whether or not it could be used.
create table lab_instrument_result (
  id bigint generated always as identity primary key,
  instrument_id uuid not null references lab_instrument (id),
  message_id bigint references hl7_message (id),
  specimen_id text,
  instrument_code text not null,
  value text not null,
  unit text,
  abnormal_flag text,
  result_status text,
  operator text,
  comment text,
  measured_at timestamptz,
  control boolean not null default false,
  state text not null check (state in ('applied', 'control', 'unmatched', 'unknown-code', 'held', 'ignored', 'resolved')),
  reason text,
  result_id uuid,
  received_at timestamptz not null default now(),
  -- the same value of the same run is kept once
  unique nulls not distinct (instrument_id, specimen_id, instrument_code, value, measured_at, message_id)
);
create index lab_instrument_result_open on lab_instrument_result (state, id) where state in ('unmatched', 'unknown-code', 'held');
create index lab_instrument_result_specimen on lab_instrument_result (specimen_id);

create table lab_result (
  id uuid primary key default uuidv7(),
  order_id uuid not null,
  test_code text not null,
  patient_id uuid not null references patient (id),
  container_id uuid references lab_container (id),
  instrument_id uuid references lab_instrument (id),
  version integer not null,
  current boolean not null default true,
  value_number numeric,
  comparator text check (comparator in ('<', '<=', '>', '>=')),
  value_text text,
  organisms jsonb,
  unit text,
  flag text check (flag in ('N', 'L', 'H', 'LL', 'HH', 'A')),
  critical boolean not null default false,
  range_low numeric,
  range_high numeric,
  range_text text,
  previous jsonb,
  delta_percent numeric,
  delta_failed boolean not null default false,
  interference text,
  dilution numeric check (dilution > 0),
  holds text[] not null default '{}',
  state text not null default 'entered' check (state in ('entered', 'technical', 'verified', 'released', 'replaced')),
  source text not null check (source in ('hl7', 'astm', 'manual', 'calculated')),
  measured_at timestamptz,
  entered_by uuid references staff (id),
  entered_at timestamptz not null default now(),
  technical_by uuid references staff (id),
  technical_at timestamptz,
  verified_by uuid references staff (id),
  verified_at timestamptz,
  verified_rule text,
  replaces_id uuid references lab_result (id),
  reason text,
  note text,
  foreign key (order_id, test_code) references lab_order_test (order_id, test_code),
  unique (order_id, test_code, version),
  check (value_number is not null or value_text is not null or organisms is not null),
  check (state not in ('verified', 'released') or verified_at is not null)
);
create unique index lab_result_current on lab_result (order_id, test_code) where current;
create index lab_result_history on lab_result (patient_id, test_code, measured_at desc) where current;
create index lab_result_work on lab_result (state, entered_at) where current and state in ('entered', 'technical');
create index lab_result_instrument on lab_result (instrument_id, test_code, entered_at desc);
alter table lab_instrument_result add foreign key (result_id) references lab_result (id);

create table lab_autoverification_rule (
  test_code text primary key references lab_test (code),
  enabled boolean not null default false,
  -- {"low":…, "high":…, "deltaPercent":…, "flags":false, "maxAgeHours":…}
  settings jsonb not null default '{}',
  version integer not null default 1,
  updated_by uuid references staff (id),
  updated_at timestamptz not null default now()
);
