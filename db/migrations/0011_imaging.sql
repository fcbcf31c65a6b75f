-- Imaging: studies, series and instances as they came, their join to orders, and what is derived from them.
-- UIDs are text in every column and every parameter: a differing type loses the index at a million studies.
create table study (
  id bigint generated always as identity primary key,
  study_instance_uid text not null unique check (length(study_instance_uid) between 1 and 64),
  institution_id uuid not null references institution (id),
  device_id uuid references device (id),
  sender_ae text,
  patient_id_text text,
  patient_name text,
  -- as shown to people, and the search key: lower-case letters and Hanzi of all component groups, pinyin added
  patient_display_name text,
  patient_name_search text,
  patient_sex text,
  patient_birth_date text,
  other_patient_ids text[] not null default '{}',
  accession_number text,
  placer_order_number text,
  study_id_text text,
  study_date text,
  study_time text,
  study_description text,
  referring_physician_name text,
  modalities text[] not null default '{}',
  body_part text,
  character_set_flag text,
  acquired_at timestamptz,
  acquired_device_at timestamptz,
  state text not null default 'receiving' check (state in ('receiving', 'settled')),
  settled_at timestamptz,
  created_at timestamptz not null default now()
);
create index study_patient on study (patient_id_text, study_date desc);
create index study_date on study (study_date desc, id desc);
create index study_accession on study (accession_number) where accession_number is not null;
create index study_name_trgm on study using gin (patient_name_search gin_trgm_ops);
create index study_institution on study (institution_id, id desc);
create index study_receiving on study (id) where state = 'receiving';

create table series (
  id bigint generated always as identity primary key,
  study_id bigint not null references study (id),
  series_instance_uid text not null unique check (length(series_instance_uid) between 1 and 64),
  modality text,
  series_number integer,
  series_description text,
  body_part text,
  laterality text,
  protocol_name text,
  station_name text,
  manufacturer text,
  series_date text,
  series_time text,
  created_at timestamptz not null default now()
);
create index series_study on series (study_id, series_number);

create table instance (
  id bigint generated always as identity primary key,
  series_id bigint not null references series (id),
  sop_instance_uid text not null check (length(sop_instance_uid) between 1 and 64),
  sop_class_uid text not null,
  instance_number integer,
  transfer_syntax text not null,
  object_address text not null,
  object_size bigint not null,
  data_set_sha256 text not null,
  -- where the data set and its pixel data start in the object; pixel_length is null when encapsulated
  data_set_offset integer not null,
  pixel_offset bigint,
  pixel_length bigint,
  pixel_rows integer,
  pixel_columns integer,
  number_of_frames integer not null default 1,
  bits_allocated integer,
  samples_per_pixel integer,
  photometric text,
  sender_ae text,
  device_id uuid references device (id),
  remarks text[] not null default '{}',
  received_at timestamptz not null default now(),
  superseded_at timestamptz,
  superseded_by bigint references instance (id)
);
create unique index instance_current on instance (sop_instance_uid) where superseded_at is null;
create index instance_series on instance (series_id, instance_number, id) where superseded_at is null;
create index instance_received on instance (series_id, received_at);

-- The same picture in another transfer syntax, received or derived here (HTJ2K).
create table rendition (
  id bigint generated always as identity primary key,
  instance_id bigint not null references instance (id),
  kind text not null check (kind in ('received', 'derived')),
  transfer_syntax text not null,
  object_address text not null,
  object_size bigint not null,
  data_set_sha256 text,
  data_set_offset integer not null default 0,
  -- frames of a derived rendition: [[offset, length, prefix length], …]
  frames jsonb,
  created_at timestamptz not null default now(),
  unique (instance_id, kind, transfer_syntax)
);

-- Built when a series settles; valid while `instances` is the number of current instances.
create table series_derived (
  series_id bigint primary key references series (id),
  instances integer not null,
  metadata_address text,
  metadata_size bigint,
  -- prefixes of all frames in one object, for low resolution first
  preview_address text,
  preview_size bigint,
  preview_index_address text,
  thumbnail_address text,
  updated_at timestamptz not null default now()
);

-- Which study answers which order. Undone joins stay as history.
create table study_order (
  id uuid primary key default uuidv7(),
  study_id bigint not null references study (id),
  order_id uuid not null references orders (id),
  how text not null check (how in ('number', 'provisional', 'person')),
  joined_by uuid references staff (id),
  joined_at timestamptz not null default now(),
  undone_at timestamptz,
  undone_by uuid references staff (id),
  undone_reason text
);
create unique index study_order_current on study_order (study_id, order_id) where undone_at is null;
create index study_order_order on study_order (order_id) where undone_at is null;

create table performed_step (
  id uuid primary key default uuidv7(),
  sop_instance_uid text not null unique,
  device_id uuid references device (id),
  institution_id uuid not null references institution (id),
  order_id uuid references orders (id),
  accession_number text,
  study_instance_uid text,
  state text not null check (state in ('IN PROGRESS', 'COMPLETED', 'DISCONTINUED')),
  started_at timestamptz,
  ended_at timestamptz,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index performed_step_accession on performed_step (accession_number);

create table storage_commitment (
  id uuid primary key default uuidv7(),
  transaction_uid text not null,
  device_id uuid references device (id),
  requestor_ae text not null,
  called_ae text,
  address text,
  items jsonb not null,
  failed jsonb not null default '[]',
  state text not null default 'waiting' check (state in ('waiting', 'reported', 'failed')),
  created_at timestamptz not null default now(),
  reported_at timestamptz,
  unique (transaction_uid, requestor_ae)
);

-- 甲乙丙 by the reader; faults are codes, one grade per order and reader.
create table image_grade (
  id uuid primary key default uuidv7(),
  order_id uuid not null references orders (id),
  grade text not null check (grade in ('A', 'B', 'C')),
  faults text[] not null default '{}',
  note text,
  graded_by uuid not null references staff (id),
  graded_at timestamptz not null default now(),
  superseded_at timestamptz
);
create unique index image_grade_current on image_grade (order_id) where superseded_at is null;

create table key_image (
  id uuid primary key default uuidv7(),
  order_id uuid not null references orders (id),
  sop_instance_uid text not null,
  frame integer not null default 1,
  note text,
  view jsonb not null default '{}',
  added_by uuid not null references staff (id),
  added_at timestamptz not null default now(),
  removed_at timestamptz
);
create unique index key_image_current on key_image (order_id, sop_instance_uid, frame) where removed_at is null;

create table teaching_mark (
  order_id uuid not null references orders (id),
  staff_id uuid not null references staff (id),
  note text,
  created_at timestamptz not null default now(),
  primary key (order_id, staff_id)
);

-- What an image order is made under when the device's catalogue item is not known.
insert into catalogue_item (code, center_kind, name, name_en, item_class, modality, body_part)
values ('IMG-OTHER', 'imaging', '影像检查(待核实项目)', 'Imaging (item to be confirmed)', 'other', null, null)
on conflict do nothing;
