-- The HL7 engine: every message as it came or left, with the answer that was given, and where results are sent.

create table hl7_message (
  id bigint generated always as identity primary key,
  direction text not null check (direction in ('in', 'out')),
  wire text not null default 'mllp' check (wire in ('mllp', 'astm', 'api')),
  -- in: MSH-3|MSH-4 as admitted; out: the endpoint's institution code
  sender text not null,
  device_id uuid references device (id),
  institution_id uuid references institution (id),
  address text,
  control_id text not null,
  message_type text not null default '',
  trigger_event text not null default '',
  -- messages of one key are processed one after the other
  ordering_key text not null default '',
  size integer not null,
  sha256 text not null,
  charset text,
  -- AES-256-GCM (first byte 1: key derived for 'hl7-raw'); large messages stand in the object store instead
  raw bytea,
  object_address text,
  state text not null check (state in ('received', 'accepted', 'held', 'refused', 'rejected', 'conflict', 'failed', 'resolved',
    'waiting', 'sent', 'acknowledged', 'dead', 'ambiguous')),
  attempts integer not null default 0,
  next_at timestamptz,
  answer bytea,
  answer_code text,
  problem text,
  warnings text[] not null default '{}',
  accession_numbers text[] not null default '{}',
  placer_numbers text[] not null default '{}',
  order_ids uuid[] not null default '{}',
  patient_id uuid references patient (id),
  outbox_id bigint references outbox (id),
  replays integer not null default 0,
  received_at timestamptz not null default clock_timestamp(),
  processed_at timestamptz,
  answered_at timestamptz,
  check (raw is not null or object_address is not null),
  check (direction = 'out' or device_id is not null)
);
-- A control id stands for one message of a sender. What was not taken (AR) may come again.
create unique index hl7_message_control on hl7_message (device_id, control_id)
  where direction = 'in' and state not in ('conflict', 'rejected');
-- Fetching the oldest of each key: the index matches the order-by exactly.
create index hl7_message_pending on hl7_message (device_id, ordering_key, id) where direction = 'in' and state = 'received';
create index hl7_message_recent on hl7_message (received_at desc, id desc);
create index hl7_message_state on hl7_message (state, id desc) where state not in ('accepted', 'acknowledged');
create index hl7_message_sender on hl7_message (sender, id desc);
create index hl7_message_placer on hl7_message using gin (placer_numbers);
create index hl7_message_accession on hl7_message using gin (accession_numbers);
create index hl7_message_outbox on hl7_message (outbox_id) where outbox_id is not null;

-- What happened to a message, for its timeline. Append only.
create table hl7_message_event (
  id bigint generated always as identity primary key,
  message_id bigint not null references hl7_message (id),
  kind text not null,
  at timestamptz not null default clock_timestamp(),
  actor_name text,
  detail jsonb not null default '{}'
);
create index hl7_message_event_message on hl7_message_event (message_id, id);
create trigger hl7_message_event_append before update or delete on hl7_message_event
  for each row execute function refuse_change();

-- Where results of an institution go, and how it wants them: a profile is data, not code.
create table hl7_endpoint (
  id uuid primary key default uuidv7(),
  institution_id uuid not null unique references institution (id),
  host text not null,
  port integer not null check (port between 1 and 65535),
  tls boolean not null default false,
  receiving_application text not null default 'HIS',
  receiving_facility text not null,
  version text not null default '2.4' check (version in ('2.3', '2.3.1', '2.4', '2.5', '2.5.1', '2.6')),
  charset text not null default 'utf-8' check (charset in ('utf-8', 'gb18030', 'us-ascii', 'iso-8859-1')),
  pdf text not null default 'ED' check (pdf in ('ED', 'RP', 'none')),
  centers center_kind[] not null default '{imaging,ecg,lab,pathology}',
  -- field quirks: {"charsetName":"GBK","obrCode":"loinc","splitNames":true,…}
  quirks jsonb not null default '{}',
  ack_timeout_seconds integer not null default 15 check (ack_timeout_seconds between 1 and 300),
  active boolean not null default true,
  updated_by uuid references staff (id),
  updated_at timestamptz not null default now()
);

-- Results signed outside the hub: history, delta check, recognition and indicators; never the county's clocks.
create table external_result (
  id uuid primary key default uuidv7(),
  center_kind center_kind not null,
  patient_id uuid not null references patient (id),
  institution_id uuid not null references institution (id),
  order_number text not null,
  item_code text not null,
  item_name text not null,
  status text not null check (status in ('final', 'corrected', 'void')),
  examined_at timestamptz,
  reported_at timestamptz,
  signer_name text,
  findings text,
  impression text,
  observations jsonb not null default '[]',
  document_address text,
  document_type text,
  message_id bigint references hl7_message (id),
  replaced_by uuid references external_result (id),
  created_at timestamptz not null default now()
);
create index external_result_patient on external_result (patient_id, center_kind, examined_at desc);
create unique index external_result_current on external_result (institution_id, order_number, item_code) where replaced_by is null;
