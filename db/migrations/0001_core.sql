-- Core: institutions, people, devices, patients, requests, orders, turnaround, reports, critical values, audit, jobs.
create extension if not exists pg_trgm;

create type center_kind as enum ('imaging', 'ecg', 'lab', 'pathology', 'sterilization');
create type order_status as enum ('requested', 'awaiting-decision', 'acquired', 'received', 'claimed', 'preliminary',
  'partial', 'final', 'acknowledged', 'returned', 'corrected', 'cancelled', 'void');
create type order_priority as enum ('emergency', 'urgent', 'routine');
create type sex as enum ('M', 'F', 'O', 'U');

create table institution (
  id uuid primary key default uuidv7(),
  code text not null unique check (code ~ '^[A-Z0-9_-]{1,32}$'),
  name text not null,
  short_name text not null,
  name_en text,
  kind text not null check (kind in ('county-hospital', 'township', 'community', 'village', 'bureau', 'courier')),
  parent_id uuid references institution (id),
  credit_code text,
  duty_phone text,
  active boolean not null default true,
  created_at timestamptz not null default now()
);

create table center (
  id uuid primary key default uuidv7(),
  kind center_kind not null,
  institution_id uuid not null references institution (id),
  two_person boolean not null default true,
  two_person_emergency boolean not null default true,
  preliminary_visible boolean not null default false,
  claim_idle_minutes integer not null default 30 check (claim_idle_minutes between 1 and 1440),
  duty_phone text,
  active boolean not null default true,
  unique (kind, institution_id)
);

-- Which centre answers for a site: the most specific active row wins.
create table routing_rule (
  id uuid primary key default uuidv7(),
  center_kind center_kind not null,
  requesting_institution_id uuid references institution (id),
  item_code text,
  from_time time,
  to_time time,
  center_id uuid not null references center (id),
  active boolean not null default true
);

create table staff (
  id uuid primary key default uuidv7(),
  username text not null unique check (username ~ '^[a-zA-Z0-9._-]{2,64}$'),
  name text not null,
  name_en text,
  title text,
  licence_number text,
  licence_scope text[] not null default '{}',
  licence_until date,
  institution_id uuid not null references institution (id),
  password_hash text not null,
  password_changed_at timestamptz not null default now(),
  must_change_password boolean not null default false,
  failed_logins integer not null default 0,
  locked_until timestamptz,
  totp_secret text,
  totp_confirmed_at timestamptz,
  recovery_codes text[] not null default '{}',
  phone text,
  settings jsonb not null default '{}',
  active boolean not null default true,
  created_at timestamptz not null default now()
);

create table staff_role (
  id uuid primary key default uuidv7(),
  staff_id uuid not null references staff (id),
  role text not null,
  institution_id uuid not null references institution (id),
  center_kind center_kind,
  granted_by uuid references staff (id),
  granted_at timestamptz not null default now(),
  revoked_at timestamptz,
  check (granted_by is null or granted_by <> staff_id)
);
create unique index staff_role_one on staff_role (staff_id, role, institution_id, center_kind) nulls not distinct
  where revoked_at is null;

create table session (
  id uuid primary key default uuidv7(),
  token_hash text not null unique,
  staff_id uuid not null references staff (id),
  address text,
  user_agent text,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  revoked_at timestamptz
);
create index session_staff on session (staff_id) where revoked_at is null;

create table login_failure (
  address text primary key,
  failures integer not null,
  locked_until timestamptz,
  last_at timestamptz not null
);

create table api_token (
  id uuid primary key default uuidv7(),
  name text not null,
  token_hash text not null unique,
  institution_id uuid not null references institution (id),
  verbs text[] not null,
  created_by uuid references staff (id),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  last_used_at timestamptz
);

create table device (
  id uuid primary key default uuidv7(),
  kind text not null check (kind in ('dicom', 'hl7', 'analyzer', 'ecg', 'sterilizer', 'scanner', 'algorithm')),
  name text not null,
  institution_id uuid references institution (id),
  ae_title text,
  address text,
  hl7_sender text,
  certificate_fingerprint text,
  modality text,
  clock_offset_ms bigint,
  settings jsonb not null default '{}',
  state text not null default 'unknown' check (state in ('unknown', 'admitted', 'blocked')),
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz,
  attempts integer not null default 0,
  check (state <> 'admitted' or institution_id is not null)
);
create unique index device_dicom on device (ae_title, address) where kind = 'dicom';
create unique index device_hl7 on device (hl7_sender, address) where kind = 'hl7';

create table roster_shift (
  id uuid primary key default uuidv7(),
  institution_id uuid not null references institution (id),
  center_kind center_kind,
  staff_id uuid not null references staff (id),
  duty text not null check (duty in ('reporter', 'verifier', 'clinician', 'site-duty', 'site-head', 'duty-office', 'technician')),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  phone text,
  check (ends_at > starts_at)
);
create index roster_shift_time on roster_shift (institution_id, starts_at, ends_at);

create table patient (
  id uuid primary key default uuidv7(),
  name text not null,
  name_pinyin text,
  sex sex not null,
  birth_date date,
  phone_encrypted text,
  phone_hash text,
  address_encrypted text,
  identity text not null default 'verified' check (identity in ('verified', 'unverified', 'temporary')),
  restricted boolean not null default false,
  created_at timestamptz not null default now()
);
create index patient_name_trgm on patient using gin (name gin_trgm_ops);
create index patient_pinyin_trgm on patient using gin (name_pinyin gin_trgm_ops);
create index patient_demographics on patient (name, birth_date);
create index patient_phone on patient (phone_hash) where phone_hash is not null;

create table patient_identifier (
  id uuid primary key default uuidv7(),
  patient_id uuid not null references patient (id),
  type text not null,
  issuer_id uuid references institution (id),
  value_encrypted text not null,
  value_hash text not null,
  value_masked text not null
);
create unique index patient_identifier_value on patient_identifier (type, value_hash, issuer_id) nulls not distinct;
create index patient_identifier_patient on patient_identifier (patient_id);

create table patient_link (
  id uuid primary key default uuidv7(),
  patient_id uuid not null references patient (id),
  other_patient_id uuid not null references patient (id),
  reason text not null,
  state text not null default 'proposed' check (state in ('proposed', 'linked', 'rejected', 'undone')),
  proposed_at timestamptz not null default now(),
  decided_by uuid references staff (id),
  decided_at timestamptz,
  check (patient_id < other_patient_id),
  unique (patient_id, other_patient_id)
);

create table access_grant (
  id uuid primary key default uuidv7(),
  staff_id uuid not null references staff (id),
  patient_id uuid not null references patient (id),
  kind text not null check (kind in ('break-glass', 'referral', 'share')),
  reason text not null,
  granted_at timestamptz not null default now(),
  expires_at timestamptz not null,
  reviewed_by uuid references staff (id),
  reviewed_at timestamptz,
  review_note text
);
create index access_grant_staff on access_grant (staff_id, patient_id, expires_at);

create table catalogue_item (
  code text primary key check (code ~ '^[A-Z0-9._-]{1,40}$'),
  center_kind center_kind not null,
  name text not null,
  name_en text not null,
  item_class text not null,
  modality text,
  body_part text,
  report_group text,
  price numeric(10, 2),
  appointment boolean not null default false,
  settings jsonb not null default '{}',
  active boolean not null default true
);

create table sender_item (
  sender text not null,
  sender_code text not null,
  item_code text not null references catalogue_item (code),
  mapped_by uuid references staff (id),
  mapped_at timestamptz not null default now(),
  primary key (sender, sender_code)
);

create table request (
  id uuid primary key default uuidv7(),
  patient_id uuid references patient (id),
  requesting_institution_id uuid not null references institution (id),
  requested_by uuid references staff (id),
  requested_by_name text,
  placer_order_number text,
  clinical_info text,
  visit jsonb not null default '{}',
  flags text[] not null default '{}',
  remote_consent jsonb,
  source text not null check (source in ('browser', 'api', 'hl7', 'fhir', 'provisional', 'recollection', 'second-opinion')),
  created_at timestamptz not null default now()
);
create unique index request_placer on request (requesting_institution_id, placer_order_number) where placer_order_number is not null;
create index request_patient on request (patient_id, created_at desc);

create sequence accession_number_seq;

create table turnaround_calendar (
  id uuid primary key default uuidv7(),
  code text not null unique,
  name text not null,
  -- weekly working spans, minutes from midnight: {"1":[[480,720],[840,1050]], …} (1 = Monday … 7 = Sunday)
  week jsonb not null
);

create table turnaround_calendar_day (
  calendar_id uuid not null references turnaround_calendar (id),
  day date not null,
  working boolean not null,
  note text,
  primary key (calendar_id, day)
);

create table turnaround_policy (
  id uuid primary key default uuidv7(),
  code text not null,
  version integer not null default 1,
  name text not null,
  center_kind center_kind not null,
  item_class text,
  priority order_priority,
  flag text,
  kind text not null check (kind in ('indicator', 'service', 'acceptance', 'delivery')),
  start_event text not null,
  stop_event text not null,
  target_minutes integer not null check (target_minutes > 0),
  warn_minutes integer not null check (warn_minutes >= 0),
  calendar_id uuid references turnaround_calendar (id),
  working_days integer,
  mark text not null check (mark in ('N', 'L', 'P')),
  valid_from timestamptz not null default now(),
  valid_to timestamptz,
  created_by uuid references staff (id),
  unique (code, version)
);

create table orders (
  id uuid primary key default uuidv7(),
  request_id uuid not null references request (id),
  center_kind center_kind not null,
  accession_number text not null unique check (accession_number ~ '^[A-Z0-9]{1,16}$'),
  placer_order_number text,
  patient_id uuid references patient (id),
  patient_name text,
  item_name text not null,
  item_class text not null,
  modality text,
  body_part text,
  requesting_institution_id uuid not null references institution (id),
  performing_institution_id uuid not null references institution (id),
  reporting_institution_id uuid not null references institution (id),
  priority order_priority not null,
  flags text[] not null default '{}',
  status order_status not null default 'requested',
  policy_ids uuid[] not null default '{}',
  claimed_by uuid references staff (id),
  claimed_at timestamptz,
  claim_opened_at timestamptz,
  claim_active_at timestamptz,
  assigned_to uuid references staff (id),
  assigned_at timestamptz,
  scheduled_at timestamptz,
  received_at timestamptz,
  final_at timestamptz,
  due_at timestamptz,
  receiving boolean not null default false,
  provisional boolean not null default false,
  late_input boolean not null default false,
  critical boolean not null default false,
  positive boolean,
  lane integer not null default 2 check (lane between 0 and 2),
  price numeric(10, 2),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (center_kind = 'sterilization' or patient_id is not null),
  check ((claimed_by is null) = (claimed_at is null))
);
-- The worklist: one partial index per question, sorted as the page reads it.
create index orders_worklist on orders (reporting_institution_id, center_kind, coalesce(due_at, 'infinity'::timestamptz), id)
  where status in ('requested', 'awaiting-decision', 'acquired', 'received', 'claimed', 'preliminary', 'partial', 'returned');
create index orders_requesting on orders (requesting_institution_id, created_at desc, id desc);
create index orders_performing on orders (performing_institution_id, created_at desc, id desc);
create index orders_reporting on orders (reporting_institution_id, center_kind, created_at desc, id desc);
create index orders_patient on orders (patient_id, created_at desc);
create index orders_request on orders (request_id);
create index orders_placer on orders (placer_order_number) where placer_order_number is not null;
create index orders_claimed on orders (claimed_by, claimed_at) where claimed_by is not null and status = 'claimed';
create index orders_final on orders (center_kind, final_at) where final_at is not null;

create table order_item (
  order_id uuid not null references orders (id),
  code text not null references catalogue_item (code),
  name text not null,
  status text not null default 'requested',
  price numeric(10, 2),
  primary key (order_id, code)
);

create table order_event (
  seq bigint generated always as identity primary key,
  order_id uuid not null references orders (id),
  kind text not null,
  at timestamptz not null,
  device_at timestamptz,
  actor_id uuid,
  actor_name text not null,
  institution_id uuid references institution (id),
  reason text,
  detail jsonb not null default '{}',
  recorded_at timestamptz not null default now()
);
create index order_event_order on order_event (order_id, seq);
create index order_event_kind_at on order_event (kind, at);

create table order_clock (
  order_id uuid not null references orders (id),
  policy_id uuid not null references turnaround_policy (id),
  kind text not null,
  state text not null check (state in ('running', 'paused', 'met', 'breached', 'void')),
  started_at timestamptz not null,
  stopped_at timestamptz,
  paused_since timestamptz,
  paused_minutes integer not null default 0,
  elapsed_minutes double precision,
  due_at timestamptz,
  warn_at timestamptz,
  warned_at timestamptz,
  breached_at timestamptz,
  primary key (order_id, policy_id)
);
create index order_clock_running on order_clock (due_at) where state = 'running' and breached_at is null;
create index order_clock_warn on order_clock (warn_at) where state = 'running' and warned_at is null;

create table report (
  order_id uuid primary key references orders (id),
  version integer not null default 0,
  state text not null default 'draft' check (state in ('draft', 'preliminary', 'rejected', 'final', 'void')),
  content jsonb not null default '{}',
  author_id uuid references staff (id),
  submitted_by uuid references staff (id),
  submitted_at timestamptz,
  submitted_version integer,
  reject_reason text,
  amends text check (amends in ('addendum', 'correction')),
  amend_reason text,
  updated_at timestamptz not null default now(),
  updated_by uuid references staff (id)
);

create table report_version (
  order_id uuid not null references orders (id),
  version integer not null,
  state text not null,
  content jsonb not null,
  saved_by uuid not null references staff (id),
  saved_at timestamptz not null default now(),
  primary key (order_id, version)
);

create table signed_report (
  id uuid primary key default uuidv7(),
  order_id uuid not null references orders (id),
  number integer not null,
  kind text not null check (kind in ('final', 'addendum', 'correction', 'void', 'partial')),
  replaces_id uuid references signed_report (id),
  reason text,
  content jsonb not null,
  manifest jsonb not null,
  reporter_id uuid references staff (id),
  signer_id uuid not null references staff (id),
  signed_at timestamptz not null,
  report_version integer,
  recognition jsonb not null default '{}',
  pdf_address text,
  pdf_sha256 text,
  verify_code text not null unique,
  state text not null default 'valid' check (state in ('valid', 'corrected', 'void')),
  unique (order_id, number)
);

create table report_view (
  id bigint generated always as identity primary key,
  signed_report_id uuid not null references signed_report (id),
  staff_id uuid not null references staff (id),
  act text not null check (act in ('viewed', 'printed', 'exported', 'adopted')),
  at timestamptz not null default now()
);
create index report_view_report on report_view (signed_report_id);

create table acknowledgement (
  id uuid primary key default uuidv7(),
  signed_report_id uuid not null references signed_report (id),
  order_id uuid not null references orders (id),
  staff_id uuid not null references staff (id),
  institution_id uuid not null references institution (id),
  at timestamptz not null default now(),
  patient_informed jsonb,
  unique (signed_report_id, institution_id)
);

create table report_template (
  id uuid primary key default uuidv7(),
  center_kind center_kind not null,
  institution_id uuid references institution (id),
  owner_id uuid references staff (id),
  name text not null,
  modality text,
  body_part text,
  content jsonb not null,
  version integer not null default 1,
  active boolean not null default true
);

create table phrase (
  id uuid primary key default uuidv7(),
  center_kind center_kind not null,
  owner_id uuid references staff (id),
  code text not null,
  pinyin text,
  body text not null,
  field text not null default 'findings',
  modality text,
  body_part text,
  active boolean not null default true
);

create table critical_rule (
  id uuid primary key default uuidv7(),
  center_kind center_kind not null,
  code text not null unique,
  name text not null,
  name_en text not null,
  tier text not null check (tier in ('critical', 'significant')),
  settings jsonb not null default '{}',
  active boolean not null default true
);

create table critical_value (
  id uuid primary key default uuidv7(),
  order_id uuid not null references orders (id),
  rule_code text,
  tier text not null default 'critical' check (tier in ('critical', 'significant')),
  finding text not null,
  found_at timestamptz not null,
  found_by uuid references staff (id),
  state text not null default 'open' check (state in ('open', 'notified', 'acknowledged', 'disposed', 'withdrawn')),
  notified_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by uuid references staff (id),
  disposed_at timestamptz,
  disposition text,
  patient_reached_at timestamptz,
  next_step_at timestamptz,
  step integer not null default 0,
  withdrawn_reason text
);
create index critical_value_order on critical_value (order_id);
create index critical_value_open on critical_value (next_step_at) where state in ('open', 'notified');

create table critical_event (
  id bigint generated always as identity primary key,
  critical_value_id uuid not null references critical_value (id),
  kind text not null,
  at timestamptz not null default now(),
  actor_id uuid references staff (id),
  recipient_id uuid references staff (id),
  recipient_name text,
  channel text,
  read_back text,
  result text,
  detail jsonb not null default '{}'
);
create index critical_event_value on critical_event (critical_value_id, id);

create table ticket (
  id uuid primary key default uuidv7(),
  number bigint generated always as identity,
  kind text not null,
  title text not null,
  order_id uuid references orders (id),
  institution_id uuid references institution (id),
  center_kind center_kind,
  responsible_id uuid references staff (id),
  state text not null default 'open' check (state in ('open', 'feedback', 'verified', 'closed', 'reopened')),
  source_key text unique,
  due_at timestamptz,
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  detail jsonb not null default '{}'
);
create table ticket_event (
  id bigint generated always as identity primary key,
  ticket_id uuid not null references ticket (id),
  kind text not null,
  at timestamptz not null default now(),
  actor_id uuid references staff (id),
  note text,
  detail jsonb not null default '{}'
);

-- Input that could not be joined, read or stored as it should: a person decides. Nothing leaves without a decision.
create table unmatched_input (
  id uuid primary key default uuidv7(),
  center_kind center_kind not null,
  kind text not null check (kind in ('mismatch', 'ambiguous', 'no-order', 'conflict', 'unreadable', 'unknown-code', 'no-patient')),
  institution_id uuid references institution (id),
  device_id uuid references device (id),
  subject_type text not null,
  subject_id text,
  object_address text,
  order_id uuid references orders (id),
  candidates jsonb not null default '[]',
  reason text not null,
  detail jsonb not null default '{}',
  state text not null default 'open' check (state in ('open', 'resolved', 'discarded')),
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  resolved_by uuid references staff (id),
  resolution text
);
create index unmatched_input_open on unmatched_input (center_kind, created_at) where state = 'open';

create table notification (
  id uuid primary key default uuidv7(),
  staff_id uuid references staff (id),
  institution_id uuid references institution (id),
  order_id uuid references orders (id),
  kind text not null,
  body jsonb not null default '{}',
  created_at timestamptz not null default now(),
  read_at timestamptz
);
create index notification_unread on notification (institution_id, created_at desc) where read_at is null;

create table audit_event (
  seq bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null default clock_timestamp(),
  actor_kind text not null check (actor_kind in ('staff', 'machine', 'system', 'public')),
  actor_id text,
  actor_name text,
  institution_id uuid,
  action text not null,
  subject_type text,
  subject_id text,
  patient_id uuid,
  outcome text not null default 'done' check (outcome in ('done', 'denied', 'failed')),
  address text,
  request_id text,
  detail jsonb not null default '{}'
);
create index audit_event_xid on audit_event (xid, seq);
create index audit_event_at on audit_event (at desc, seq desc);
create index audit_event_actor on audit_event (actor_id, seq desc);
create index audit_event_subject on audit_event (subject_type, subject_id, seq desc);
create index audit_event_patient on audit_event (patient_id, seq desc) where patient_id is not null;

create table audit_seal (
  position bigint primary key,
  audit_seq bigint not null unique,
  xid xid8 not null,
  hash text not null
);

-- What browsers hear. Tailed below pg_snapshot_xmin, never deleted before its retention.
create table stream_event (
  seq bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null default now(),
  kind text not null,
  order_id uuid,
  center_kind center_kind,
  institution_ids uuid[] not null default '{}',
  reporting_institution_id uuid,
  staff_ids uuid[] not null default '{}',
  data jsonb not null default '{}'
);
create index stream_event_xid on stream_event (xid, seq);

create table job (
  id bigint generated always as identity primary key,
  kind text not null,
  key text,
  payload jsonb not null default '{}',
  state text not null default 'waiting' check (state in ('waiting', 'failed')),
  run_at timestamptz not null default now(),
  attempts integer not null default 0,
  locked_until timestamptz,
  last_error text,
  created_at timestamptz not null default now()
);
create unique index job_key on job (kind, key) where key is not null and state = 'waiting';
create index job_due on job (run_at, id) where state = 'waiting';

create table outbox (
  id bigint generated always as identity primary key,
  destination text not null,
  ordering_key text not null,
  kind text not null,
  payload jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'dead', 'ambiguous')),
  attempts integer not null default 0,
  next_at timestamptz not null default now(),
  locked_until timestamptz,
  sent_at timestamptz,
  last_error text,
  created_at timestamptz not null default now()
);
create index outbox_waiting on outbox (destination, ordering_key, id) where state = 'waiting';

create table setting (
  key text primary key,
  value jsonb not null,
  updated_by uuid references staff (id),
  updated_at timestamptz not null default now()
);

-- Rows that are history: neither changed nor removed.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'table % is append only', tg_table_name using errcode = '23001';
end $$;
create trigger order_event_append before update or delete on order_event for each row execute function refuse_change();
create trigger audit_event_append before update or delete on audit_event for each row execute function refuse_change();
create trigger report_version_append before update or delete on report_version for each row execute function refuse_change();
create trigger critical_event_append before update or delete on critical_event for each row execute function refuse_change();
