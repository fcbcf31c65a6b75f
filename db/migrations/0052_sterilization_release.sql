-- Sterile supply, part 3: cycles, indicators, release, transfer, use, recall, machine return.

create table cssd_print_out (
  id uuid primary key default uuidv7(),
  machine_id uuid not null references cssd_machine,
  profile_id uuid references cssd_print_profile,
  received_at timestamptz not null default now(),
  source text not null check (source in ('tcp', 'folder', 'upload')),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  bytes integer not null check (bytes >= 0),
  encoding text not null,
  state text not null check (state in ('matched', 'waiting', 'dismissed')),
  flags text[] not null default '{}',
  reading jsonb not null default '{}',
  load_id uuid references cssd_load,
  wash_load_id uuid references cssd_wash_load,
  unique (machine_id, sha256),
  check (state <> 'matched' or num_nonnulls(load_id, wash_load_id) = 1)
);
create index cssd_print_out_waiting on cssd_print_out (machine_id, received_at) where state = 'waiting';

create table cssd_cycle (
  id uuid primary key default uuidv7(),
  load_id uuid unique references cssd_load,
  wash_load_id uuid unique references cssd_wash_load,
  source text not null check (source in ('entered', 'print-out', 'csv')),
  print_out_id uuid references cssd_print_out,
  started_at timestamptz,
  ended_at timestamptz,
  -- As read: hold time, extremes, A0, the machine's own cycle number.
  parameters jsonb not null default '{}',
  curve jsonb check (jsonb_typeof(curve) = 'array' and jsonb_array_length(curve) <= 5000),
  physical_outcome text not null check (physical_outcome in ('pass', 'fail')),
  findings jsonb not null default '[]',
  recorded_at timestamptz not null default now(),
  recorded_by uuid not null references staff,
  check (num_nonnulls(load_id, wash_load_id) = 1),
  check (source <> 'print-out' or print_out_id is not null),
  unique (load_id, physical_outcome)
);
create trigger cssd_cycle_append_only before update or delete on cssd_cycle
  for each row execute function cssd_append_only();

create table cssd_indicator (
  id uuid primary key default uuidv7(),
  load_id uuid not null references cssd_load,
  pack_id uuid references cssd_pack,
  kind text not null check (kind in ('outer-chemical', 'inner-chemical', 'class-5', 'biological')),
  lot text not null default '',
  position text not null default '',
  placed_at timestamptz not null default now(),
  placed_by uuid not null references staff,
  outcome text not null default 'pending' check (outcome in ('pending', 'pass', 'fail')),
  -- The control of a biological indicator must grow, or its negative result means nothing.
  control text check (control in ('growth', 'no-growth')),
  read_at timestamptz,
  read_by uuid references staff,
  note text not null default '',
  unique (id, load_id, kind, outcome),
  check ((outcome = 'pending') = (read_at is null)),
  check ((read_at is null) = (read_by is null)),
  constraint cssd_indicator_control check (kind <> 'biological' or outcome <> 'pass' or coalesce(control = 'growth', false))
);
create index on cssd_indicator (load_id);
create index cssd_indicator_pending on cssd_indicator (placed_at) where outcome = 'pending';

create function cssd_indicator_read_once() returns trigger language plpgsql as $$
begin
  raise exception 'a read indicator is never changed' using errcode = '23514', constraint = 'cssd_indicator_read_once';
end $$;
create trigger cssd_indicator_read_once before update or delete on cssd_indicator
  for each row when (old.outcome <> 'pending') execute function cssd_indicator_read_once();

-- The load release record. Each guard is a column with its check and a foreign key to the evidence.
create table cssd_release (
  id uuid primary key default uuidv7(),
  load_id uuid not null unique references cssd_load,
  kind text not null check (kind in ('normal', 'after-biological', 'early-implant')),
  has_implant boolean not null,
  biological_required boolean not null,
  physical_outcome text not null,
  outer_indicator_id uuid not null,
  outer_kind text not null default 'outer-chemical',
  outer_outcome text not null,
  biological_indicator_id uuid,
  biological_kind text,
  biological_outcome text,
  class5_indicator_id uuid,
  class5_kind text,
  class5_outcome text,
  reason text not null default '',
  approved_by uuid references staff,
  released_at timestamptz not null default now(),
  released_by uuid not null references staff,
  document_sha256 text not null,
  record_sha256 text not null,
  unique (load_id, id),
  foreign key (load_id, physical_outcome) references cssd_cycle (load_id, physical_outcome),
  foreign key (outer_indicator_id, load_id, outer_kind, outer_outcome)
    references cssd_indicator (id, load_id, kind, outcome),
  foreign key (biological_indicator_id, load_id, biological_kind, biological_outcome)
    references cssd_indicator (id, load_id, kind, outcome),
  foreign key (class5_indicator_id, load_id, class5_kind, class5_outcome)
    references cssd_indicator (id, load_id, kind, outcome),
  constraint cssd_release_physical check (physical_outcome = 'pass'),
  constraint cssd_release_outer check (outer_kind = 'outer-chemical' and outer_outcome = 'pass'),
  constraint cssd_release_biological check (kind <> 'after-biological'
    or coalesce(biological_indicator_id is not null and biological_kind = 'biological' and biological_outcome = 'pass', false)),
  constraint cssd_release_implant check (not has_implant or kind in ('after-biological', 'early-implant')),
  constraint cssd_release_every_load check (not biological_required or kind in ('after-biological', 'early-implant')),
  constraint cssd_release_early check (kind <> 'early-implant'
    or coalesce(class5_indicator_id is not null and class5_kind = 'class-5' and class5_outcome = 'pass'
      and has_implant and length(reason) > 0 and approved_by is not null and approved_by <> released_by, false))
);
create trigger cssd_release_append_only before update or delete on cssd_release
  for each row execute function cssd_append_only();
alter table cssd_pack add foreign key (load_id, release_id) references cssd_release (load_id, id);

-- A failed biological indicator of a load, or a machine that is blocked, forbids release.
create function cssd_release_guard() returns trigger language plpgsql as $$
begin
  if exists (select from cssd_indicator where load_id = new.load_id and outcome = 'fail'
             and kind in ('biological', 'class-5')) then
    raise exception 'an indicator of this load failed' using errcode = '23514', constraint = 'cssd_release_indicator';
  end if;
  if exists (select from cssd_load l join cssd_machine m on m.id = l.machine_id
             where l.id = new.load_id and (m.status <> 'ready' or l.state <> 'ended' or l.purpose <> 'production')) then
    raise exception 'the load is not ended or its machine is blocked'
      using errcode = '23514', constraint = 'cssd_release_machine';
  end if;
  return new;
end $$;
create trigger cssd_release_guard before insert on cssd_release for each row execute function cssd_release_guard();

create function cssd_load_guard() returns trigger language plpgsql as $$
begin
  if new.purpose in ('production', 'warm-up') and exists
     (select from cssd_machine where id = new.machine_id and status <> 'ready') then
    raise exception 'the machine is blocked' using errcode = '23514', constraint = 'cssd_load_machine_ready';
  end if;
  return new;
end $$;
create trigger cssd_load_guard before insert on cssd_load for each row execute function cssd_load_guard();

-- An early implant release owes its user the biological result.
create table cssd_release_follow_up (
  release_id uuid primary key references cssd_release,
  due_at timestamptz not null,
  indicator_id uuid references cssd_indicator,
  outcome text check (outcome in ('pass', 'fail')),
  reported_at timestamptz,
  reported_by uuid references staff,
  reported_to text,
  check ((reported_at is null) = (reported_to is null))
);
create index cssd_release_follow_up_open on cssd_release_follow_up (due_at) where reported_at is null;

create table cssd_transfer_pack (
  transfer_id uuid not null,
  kind text not null,
  pack_id uuid not null references cssd_pack,
  dispatched_on date not null,
  load_id uuid,
  release_id uuid,
  expires_on date,
  received_at timestamptz,
  condition text check (condition in ('intact', 'wet', 'torn', 'dropped', 'missing')),
  primary key (transfer_id, pack_id),
  foreign key (transfer_id, kind) references cssd_transfer (id, kind),
  foreign key (pack_id, load_id, expires_on) references cssd_pack (id, load_id, expires_on),
  foreign key (load_id, release_id) references cssd_release (load_id, id),
  constraint cssd_transfer_released check (kind <> 'sterile' or coalesce(release_id is not null, false)),
  constraint cssd_transfer_expired check (kind <> 'sterile' or coalesce(dispatched_on <= expires_on, false)),
  -- Dirty and sterile never in one transfer: a dirty one carries no pack that has been through a load.
  constraint cssd_transfer_dirty check (kind <> 'dirty' or (load_id is null and release_id is null))
);
create index on cssd_transfer_pack (pack_id);

create table cssd_use (
  pack_id uuid primary key,
  load_id uuid not null,
  expires_on date not null,
  patient_id uuid references patient,
  visit text not null default '',
  procedure_name text not null default '',
  institution_id uuid not null references institution,
  used_at timestamptz not null default now(),
  used_on date not null generated always as ((used_at at time zone 'Asia/Shanghai')::date) stored,
  device_at timestamptz,
  used_by uuid not null references staff,
  inner_outcome text not null check (inner_outcome in ('pass', 'not-recorded')),
  recorded text not null default 'at-use' check (recorded in ('at-use', 'at-recall', 'at-return')),
  foreign key (pack_id, load_id, expires_on) references cssd_pack (id, load_id, expires_on),
  constraint cssd_use_expired check (recorded <> 'at-use' or used_on <= expires_on),
  constraint cssd_use_patient check (recorded = 'at-return' or patient_id is not null),
  constraint cssd_use_inner check (recorded <> 'at-use' or inner_outcome = 'pass')
);
create index on cssd_use (patient_id, used_at desc);
create index on cssd_use (institution_id, used_at desc);
create trigger cssd_use_append_only before update or delete on cssd_use
  for each row execute function cssd_append_only();

create sequence cssd_recall_number;
create table cssd_recall (
  id uuid primary key default uuidv7(),
  number text not null unique,
  center_id uuid not null references institution,
  machine_id uuid not null references cssd_machine,
  reason text not null check (reason in ('biological', 'bowie-dick', 'other')),
  indicator_id uuid unique references cssd_indicator,
  test_id uuid references cssd_machine_test,
  decision text not null default '',
  last_pass_load_id uuid references cssd_load,
  since timestamptz,
  raised_at timestamptz not null default now(),
  raised_by uuid not null references staff,
  closed_at timestamptz,
  closed_by uuid references staff,
  conclusion text not null default '',
  document_sha256 text,
  check (reason <> 'biological' or indicator_id is not null),
  check (reason = 'biological' or length(decision) > 0),
  check ((closed_at is null) = (closed_by is null)),
  check (closed_at is null or length(conclusion) > 0)
);
create index on cssd_recall (center_id, raised_at desc);

create table cssd_recall_item (
  recall_id uuid not null references cssd_recall,
  pack_id uuid not null references cssd_pack,
  was text not null,
  location_id uuid not null references institution,
  shelf text not null,
  outcome text not null default 'pending'
    check (outcome in ('pending', 'found', 'used', 'destroyed', 'reprocessed', 'lost')),
  decided_at timestamptz,
  decided_by uuid references staff,
  note text not null default '',
  primary key (recall_id, pack_id),
  check ((outcome = 'pending') = (decided_at is null))
);
create index on cssd_recall_item (pack_id);
create index cssd_recall_item_pending on cssd_recall_item (location_id) where outcome in ('pending', 'found');

-- A recalled pack is not used; that it turns out to have been used is said by the recall, not by a station.
create function cssd_use_guard() returns trigger language plpgsql as $$
begin
  if new.recorded = 'at-use' and exists (select from cssd_recall_item where pack_id = new.pack_id) then
    raise exception 'the pack is recalled' using errcode = '23514', constraint = 'cssd_use_recalled';
  end if;
  return new;
end $$;
create trigger cssd_use_guard before insert on cssd_use for each row execute function cssd_use_guard();

-- Told as a critical value is told: to each holder, with acknowledgement.
create table cssd_recall_notice (
  recall_id uuid not null references cssd_recall,
  institution_id uuid not null references institution,
  packs integer not null,
  used_packs integer not null,
  notified_at timestamptz not null default now(),
  acknowledged_at timestamptz,
  acknowledged_by uuid references staff,
  escalated_at timestamptz,
  primary key (recall_id, institution_id),
  check ((acknowledged_at is null) = (acknowledged_by is null))
);
create index cssd_recall_notice_open on cssd_recall_notice (institution_id) where acknowledged_at is null;

create table cssd_machine_block (
  id uuid primary key default uuidv7(),
  machine_id uuid not null references cssd_machine,
  reason text not null check (reason in
    ('biological', 'bowie-dick', 'leak', 'installation', 'relocation', 'overhaul', 'other')),
  recall_id uuid references cssd_recall,
  note text not null default '',
  required_process integer not null default 3 check (required_process between 0 and 9),
  required_bowie_dick integer not null default 0 check (required_bowie_dick between 0 and 9),
  blocked_at timestamptz not null default now(),
  blocked_by uuid not null references staff,
  returned_at timestamptz,
  returned_by uuid references staff,
  check ((returned_at is null) = (returned_by is null)),
  check (reason not in ('biological', 'installation', 'relocation', 'overhaul') or required_process >= 3)
);
create index on cssd_machine_block (machine_id, blocked_at);

-- An empty run of a blocked machine, with all its results.
create table cssd_machine_trial (
  id bigint generated always as identity primary key,
  block_id uuid not null references cssd_machine_block,
  load_id uuid not null unique references cssd_load,
  kind text not null check (kind in ('process', 'bowie-dick')),
  outcome text not null check (outcome in ('pass', 'fail')),
  at timestamptz not null default now(),
  staff_id uuid not null references staff
);
create index on cssd_machine_trial (block_id, kind, id);
create trigger cssd_machine_trial_append_only before update or delete on cssd_machine_trial
  for each row execute function cssd_append_only();

create function cssd_block_guard() returns trigger language plpgsql as $$
declare
  need record;
begin
  for need in select * from (values ('process', new.required_process), ('bowie-dick', new.required_bowie_dick)) n (kind, runs)
  loop
    if (select count(*) filter (where outcome = 'pass') from
         (select outcome from cssd_machine_trial where block_id = new.id and kind = need.kind
          order by id desc limit need.runs) last) < need.runs then
      raise exception 'the machine needs % passed runs (%) in a row', need.runs, need.kind
        using errcode = '23514', constraint = 'cssd_machine_return';
    end if;
  end loop;
  return new;
end $$;
create trigger cssd_block_guard before update of returned_at on cssd_machine_block
  for each row when (old.returned_at is null and new.returned_at is not null) execute function cssd_block_guard();

create function cssd_machine_guard() returns trigger language plpgsql as $$
begin
  if exists (select from cssd_machine_block where machine_id = new.id and returned_at is null) then
    raise exception 'machine % has an open block', new.code using errcode = '23514', constraint = 'cssd_machine_open_block';
  end if;
  return new;
end $$;
create trigger cssd_machine_guard before update of status on cssd_machine
  for each row when (old.status = 'blocked' and new.status = 'ready') execute function cssd_machine_guard();

-- Daily checks of sealer, water and store climate; kept, never changed.
create table cssd_daily_check (
  id uuid primary key default uuidv7(),
  institution_id uuid not null references institution,
  kind text not null check (kind in ('sealer', 'water', 'climate', 'washer', 'cleaning-quality')),
  machine_id uuid references cssd_machine,
  place text not null default '',
  measured jsonb not null check (jsonb_typeof(measured) = 'object'),
  outcome text not null check (outcome in ('pass', 'fail')),
  action text not null default '',
  checked_at timestamptz not null default now(),
  checked_by uuid not null references staff,
  check (outcome = 'pass' or length(action) > 0)
);
create index on cssd_daily_check (institution_id, kind, checked_at desc);
create trigger cssd_daily_check_append_only before update or delete on cssd_daily_check
  for each row execute function cssd_append_only();

-- Scans a station kept while it was offline, taken over in its own order.
create table cssd_scan (
  id bigint generated always as identity primary key,
  station text not null,
  client_sequence bigint not null check (client_sequence >= 0),
  institution_id uuid not null references institution,
  staff_id uuid not null references staff,
  operation text not null,
  input jsonb not null,
  device_at timestamptz not null,
  received_at timestamptz not null default now(),
  skew_ms bigint,
  outcome text not null check (outcome in ('accepted', 'conflict')),
  problem text not null default '',
  resolved_at timestamptz,
  resolved_by uuid references staff,
  resolution text not null default '',
  unique (station, client_sequence),
  check ((resolved_at is null) = (resolved_by is null))
);
create index cssd_scan_conflicts on cssd_scan (institution_id, id) where outcome = 'conflict' and resolved_at is null;
