-- Pathology: from the specimen jar to the glass slide. One case per order.
create table pathology_series (
  institution_id uuid not null references institution (id),
  kind text not null,
  year integer not null,
  last integer not null default 0,
  primary key (institution_id, kind, year)
);

create table pathology_case (
  order_id uuid primary key references orders (id),
  kind text not null check (kind in ('histology', 'frozen', 'cytology', 'consultation')),
  institution_id uuid not null references institution (id),
  -- 病理号: type, year and running number, given at acceptance
  pathology_number text,
  clinical jsonb not null default '{}',
  conditional boolean not null default false,
  gross_description text,
  grossed_at timestamptz,
  grossed_by uuid references staff (id),
  stage text not null default 'requested'
    check (stage in ('requested', 'accepted', 'grossed', 'embedded', 'cut', 'stained', 'scanned', 'waiting-stain')),
  created_at timestamptz not null default now(),
  unique (institution_id, pathology_number)
);
create index pathology_case_stage on pathology_case (institution_id, stage, created_at, order_id);

create table pathology_specimen (
  id uuid primary key default uuidv7(),
  order_id uuid not null references pathology_case (order_id),
  letter text not null check (letter ~ '^[A-Z]{1,2}$'),
  site text not null,
  site_code text,
  laterality text not null default 'unknown' check (laterality in ('left', 'right', 'both', 'midline', 'none', 'unknown')),
  procedure text,
  fixative text,
  -- unknown stays null and is printed as "not measured"; nobody's "now" stands in for it
  removed_at timestamptz,
  fixation_started_at timestamptz,
  cold_ischaemia_minutes integer check (cold_ischaemia_minutes between 0 and 10080),
  note text,
  unique (order_id, letter),
  check (removed_at is null or fixation_started_at is null or fixation_started_at >= removed_at)
);

create table pathology_container (
  id uuid primary key default uuidv7(),
  specimen_id uuid not null references pathology_specimen (id),
  order_id uuid not null references pathology_case (order_id),
  barcode text not null unique,
  state text not null default 'expected' check (state in ('expected', 'in-transit', 'received', 'rejected', 'missing', 'discarded')),
  place text,
  holder text,
  received_at timestamptz
);
create index pathology_container_order on pathology_container (order_id);

create table pathology_reception (
  id uuid primary key default uuidv7(),
  order_id uuid not null references pathology_case (order_id),
  outcome text not null check (outcome in ('accepted', 'conditional', 'rejected')),
  reasons text[] not null default '{}',
  note text,
  at timestamptz not null,
  received_by uuid references staff (id),
  check (outcome = 'accepted' or cardinality(reasons) > 0)
);
create index pathology_reception_order on pathology_reception (order_id, at);

create table pathology_block (
  id uuid primary key default uuidv7(),
  order_id uuid not null references pathology_case (order_id),
  specimen_id uuid not null references pathology_specimen (id),
  number integer not null check (number between 1 and 999),
  label text not null,
  barcode text not null unique,
  tissue text,
  pieces integer check (pieces between 1 and 99),
  decalcified boolean not null default false,
  embedded_at timestamptz,
  cut_at timestamptz,
  state text not null default 'grossed' check (state in ('grossed', 'embedded', 'cut', 'archived', 'loaned', 'exhausted', 'discarded')),
  place text,
  holder text,
  unique (specimen_id, number)
);
create index pathology_block_order on pathology_block (order_id);
create index pathology_block_waiting on pathology_block (state, order_id) where state in ('grossed', 'embedded');

create table pathology_stain_order (
  id uuid primary key default uuidv7(),
  order_id uuid not null references pathology_case (order_id),
  block_id uuid references pathology_block (id),
  kind text not null check (kind in ('recut', 'special', 'ihc', 'molecular', 'decalcification')),
  stain text not null,
  state text not null default 'ordered' check (state in ('ordered', 'cut', 'stained', 'done', 'cancelled')),
  ordered_by uuid references staff (id),
  ordered_at timestamptz not null,
  due_at timestamptz,
  done_at timestamptz,
  result jsonb
);
create index pathology_stain_order_case on pathology_stain_order (order_id);
create index pathology_stain_order_open on pathology_stain_order (due_at, id) where state in ('ordered', 'cut', 'stained');

-- A glass slide.
create table pathology_slide (
  id uuid primary key default uuidv7(),
  order_id uuid not null references pathology_case (order_id),
  specimen_id uuid not null references pathology_specimen (id),
  block_id uuid references pathology_block (id),
  stain_order_id uuid references pathology_stain_order (id),
  number integer not null,
  label text not null,
  barcode text not null unique,
  stain text not null,
  cut_at timestamptz,
  stained_at timestamptz,
  scanned_at timestamptz,
  quality text check (quality in ('excellent', 'good', 'acceptable', 'poor')),
  quality_note text,
  quality_by uuid references staff (id),
  state text not null default 'cut' check (state in ('cut', 'stained', 'scanned', 'archived', 'loaned', 'broken', 'discarded')),
  place text,
  holder text
);
create index pathology_slide_order on pathology_slide (order_id);
create index pathology_slide_to_scan on pathology_slide (state, order_id) where state = 'stained';

-- Where every jar, block and slide is and who holds it: nothing changes hands without a name.
create table pathology_custody (
  id bigint generated always as identity primary key,
  subject_type text not null check (subject_type in ('container', 'block', 'slide')),
  subject_id uuid not null,
  order_id uuid not null references pathology_case (order_id),
  kind text not null check (kind in ('sent', 'received', 'made', 'stored', 'handed-over', 'loaned', 'returned', 'discarded', 'missing', 'found')),
  place text,
  holder text not null,
  due_back date,
  reason text,
  at timestamptz not null,
  actor_id uuid references staff (id),
  actor_name text not null
);
create index pathology_custody_subject on pathology_custody (subject_id, id);
create index pathology_custody_order on pathology_custody (order_id, id);
create trigger pathology_custody_append before update or delete on pathology_custody for each row execute function refuse_change();

create table pathology_photo (
  id uuid primary key default uuidv7(),
  order_id uuid not null references pathology_case (order_id),
  specimen_id uuid references pathology_specimen (id),
  object_address text not null,
  content_type text not null,
  caption text,
  at timestamptz not null,
  taken_by uuid references staff (id)
);
create index pathology_photo_order on pathology_photo (order_id);

create table pathology_frozen (
  order_id uuid primary key references pathology_case (order_id),
  appointment_at timestamptz,
  theatre text,
  arrived_at timestamptz,
  -- 30 minutes; 45 when the previous specimen was not finished on arrival
  rule_minutes integer check (rule_minutes in (30, 45)),
  diagnosis text,
  phoned_at timestamptz,
  phoned_to text,
  phoned_by uuid references staff (id),
  read_back text,
  paraffin_order_id uuid references orders (id),
  agreement text check (agreement in ('agree', 'minor', 'major', 'deferred')),
  agreement_note text,
  compared_by uuid references staff (id),
  compared_at timestamptz,
  check ((phoned_at is null) = (read_back is null))
);
create index pathology_frozen_open on pathology_frozen (arrived_at) where phoned_at is null;

create table pathology_recheck (
  id uuid primary key default uuidv7(),
  order_id uuid not null unique references pathology_case (order_id),
  institution_id uuid not null references institution (id),
  month text not null check (month ~ '^\d{4}-\d{2}$'),
  drawn_at timestamptz not null,
  drawn_by uuid references staff (id),
  reader_id uuid references staff (id),
  read_at timestamptz,
  agrees boolean,
  note text,
  check ((read_at is null) = (agrees is null))
);
create index pathology_recheck_month on pathology_recheck (institution_id, month);

create table pathology_opinion (
  id uuid primary key default uuidv7(),
  order_id uuid not null references pathology_case (order_id),
  kind text not null check (kind in ('second-reader', 'intradepartmental', 'outside')),
  asked_by uuid references staff (id),
  asked_of uuid references staff (id),
  outside text,
  question text,
  asked_at timestamptz not null,
  opinion text,
  agrees boolean,
  given_at timestamptz,
  given_by uuid references staff (id),
  check (kind = 'outside' or asked_of is not null or given_by is not null or asked_by is not null)
);
create index pathology_opinion_order on pathology_opinion (order_id);
create index pathology_opinion_open on pathology_opinion (asked_of) where given_at is null;

create table synoptic_template (
  code text not null,
  version integer not null,
  definition jsonb not null,
  active boolean not null default true,
  created_by uuid references staff (id),
  created_at timestamptz not null default now(),
  primary key (code, version)
);

-- What the archive search reads: written when a report is signed.
create table pathology_archive (
  order_id uuid primary key references pathology_case (order_id),
  institution_id uuid not null references institution (id),
  pathology_number text,
  kind text not null,
  diagnosis text not null,
  sites text not null,
  codes text[] not null default '{}',
  body text not null,
  signed_at timestamptz not null
);
create index pathology_archive_diagnosis on pathology_archive using gin (diagnosis gin_trgm_ops);
create index pathology_archive_body on pathology_archive using gin (body gin_trgm_ops);
create index pathology_archive_sites on pathology_archive using gin (sites gin_trgm_ops);
create index pathology_archive_codes on pathology_archive using gin (codes);
create index pathology_archive_signed on pathology_archive (institution_id, signed_at desc, order_id);
