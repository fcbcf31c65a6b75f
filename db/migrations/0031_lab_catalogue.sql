-- Laboratory: what can be asked for, in which tube, and what is normal.

create table lab_tube_type (
  code text primary key check (code ~ '^[A-Z0-9-]{1,20}$'),
  name text not null,
  name_en text not null,
  color text not null check (color ~ '^#[0-9a-f]{6}$'),
  color_name text not null,
  additive text,
  specimen_type text not null,
  volume_ml numeric(6, 2) not null check (volume_ml > 0),
  draw_order integer not null default 9,
  active boolean not null default true
);

create table lab_test (
  code text primary key check (code ~ '^[A-Z0-9%#._-]{1,24}$'),
  name text not null,
  name_en text not null,
  result_kind text not null default 'numeric' check (result_kind in ('numeric', 'choice', 'text', 'calculated', 'culture')),
  -- calculated: an expression over test codes, e.g. [TP] - [ALB]
  formula text,
  choices text[] not null default '{}',
  -- which choice counts as abnormal, e.g. {阳性,1+,2+,3+}
  abnormal_choices text[] not null default '{}',
  specimen_type text not null,
  tube_code text not null references lab_tube_type (code),
  volume_ul integer not null default 100 check (volume_ul > 0),
  loinc text,
  unit text,
  ucum text,
  method text,
  decimals integer not null default 1 check (decimals between 0 and 6),
  bench text not null,
  measuring_low numeric,
  measuring_high numeric,
  -- minutes after collection; null = not limited
  whole_blood_stability_minutes integer check (whole_blood_stability_minutes > 0),
  stability_minutes integer check (stability_minutes > 0),
  transport_min_celsius numeric(4, 1),
  transport_max_celsius numeric(4, 1),
  delta_percent numeric(6, 1) check (delta_percent > 0),
  delta_hours integer check (delta_hours > 0),
  -- allowable total error and imprecision goal, for sigma and the CV indicator
  tea_percent numeric(6, 2),
  cv_limit_percent numeric(6, 2),
  sensitive boolean not null default false,
  -- printed instead of a bare positive (HIV: 待复检)
  reactive_text text,
  price numeric(10, 2),
  print_order integer not null default 100,
  version integer not null default 1,
  active boolean not null default true,
  check ((result_kind = 'calculated') = (formula is not null))
);

create table lab_panel_test (
  panel_code text not null references catalogue_item (code),
  test_code text not null references lab_test (code),
  position integer not null default 100,
  primary key (panel_code, test_code)
);

create table lab_reference_range (
  id uuid primary key default uuidv7(),
  test_code text not null references lab_test (code),
  sex sex,
  age_from_days integer not null default 0 check (age_from_days >= 0),
  age_to_days integer not null default 54786,
  pregnant boolean,
  method text,
  low numeric,
  high numeric,
  -- for choices and titres, what is normal in words
  normal_text text,
  critical_low numeric,
  critical_high numeric,
  valid_from date not null default '2000-01-01',
  valid_to date,
  check (age_to_days > age_from_days),
  check (low is null or high is null or low <= high),
  check (low is not null or high is not null or normal_text is not null or critical_low is not null or critical_high is not null)
);
create index lab_reference_range_test on lab_reference_range (test_code);

-- Each change of the catalogue as a whole version: what a result was judged by can always be shown.
create table lab_catalogue_version (
  version integer generated always as identity primary key,
  at timestamptz not null default now(),
  changed_by uuid references staff (id),
  note text not null,
  content jsonb not null
);
create trigger lab_catalogue_version_append before update or delete on lab_catalogue_version
  for each row execute function refuse_change();
