-- Whole-slide images: originals as they came, in parts, and an index of their tiles.
create table slide_image (
  id uuid primary key default uuidv7(),
  institution_id uuid not null references institution (id),
  order_id uuid references pathology_case (order_id),
  pathology_slide_id uuid references pathology_slide (id),
  state text not null check (state in ('uploading', 'ready', 'refused', 'abandoned')),
  file_name text not null,
  file_size bigint not null check (file_size >= 0),
  received_bytes bigint not null default 0,
  refused_reason text,
  refused_detail text,
  format text,
  vendor text,
  width integer,
  height integer,
  micrometre_per_pixel double precision,
  objective_power double precision,
  barcode text,
  scanned_at text,
  series_instance_uid text,
  stain text,
  synthetic boolean not null default false,
  teaching boolean not null default false,
  teaching_note text,
  uploaded_by uuid references staff (id),
  uploaded_by_name text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ready_at timestamptz,
  check (received_bytes <= file_size)
);
create index slide_image_order on slide_image (order_id) where order_id is not null;
create unique index slide_image_series on slide_image (institution_id, series_instance_uid) where series_instance_uid is not null and state = 'ready';
create index slide_image_unjoined on slide_image (institution_id, created_at desc) where order_id is null and state = 'ready';

create table slide_image_file (
  slide_image_id uuid not null references slide_image (id),
  number integer not null,
  size bigint not null,
  sha256 text,
  sop_instance_uid text,
  primary key (slide_image_id, number)
);
create unique index slide_image_file_sop on slide_image_file (slide_image_id, sop_instance_uid) where sop_instance_uid is not null;

-- A file is the sequence of its parts: an upload in chunks is never copied together.
create table slide_image_part (
  slide_image_id uuid not null references slide_image (id),
  file_number integer not null default 0,
  start bigint not null,
  size bigint not null check (size > 0),
  object_address text not null,
  primary key (slide_image_id, file_number, start)
);

create table slide_image_level (
  slide_image_id uuid not null references slide_image (id),
  level integer not null,
  width integer not null,
  height integer not null,
  tile_width integer not null,
  tile_height integer not null,
  columns integer not null,
  rows integer not null,
  downsample double precision not null,
  encoding jsonb not null,
  jpeg_tables bytea,
  fragmented boolean not null default false,
  file_number integer not null,
  primary key (slide_image_id, level)
);

-- 4,096 tiles each: offset as 64-bit and length as 32-bit little endian. Opening a slide reads none of them.
create table slide_image_tiles (
  slide_image_id uuid not null references slide_image (id),
  level integer not null,
  chunk integer not null,
  entries bytea not null,
  primary key (slide_image_id, level, chunk)
);
alter table slide_image_tiles alter column entries set storage external;

create table slide_image_associated (
  slide_image_id uuid not null references slide_image (id),
  kind text not null check (kind in ('label', 'macro', 'thumbnail')),
  width integer not null,
  height integer not null,
  file_number integer not null,
  page integer,
  frame jsonb,
  primary key (slide_image_id, kind)
);

create table slide_annotation (
  id uuid primary key default uuidv7(),
  slide_image_id uuid not null references slide_image (id),
  kind text not null check (kind in ('length', 'area', 'rectangle', 'point', 'mitosis', 'position')),
  name text not null,
  -- points in pixels of level 0
  geometry jsonb not null,
  measure jsonb not null default '{}',
  author_id uuid not null references staff (id),
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  removed_by uuid references staff (id)
);
create index slide_annotation_slide on slide_annotation (slide_image_id) where removed_at is null;

create table slide_snapshot (
  id uuid primary key default uuidv7(),
  slide_image_id uuid not null references slide_image (id),
  order_id uuid references pathology_case (order_id),
  object_address text not null,
  x double precision not null,
  y double precision not null,
  width double precision not null,
  height double precision not null,
  micrometre_per_pixel double precision,
  caption text,
  taken_by uuid not null references staff (id),
  at timestamptz not null default now()
);
create index slide_snapshot_order on slide_snapshot (order_id);

-- Where a reader has been on a slide, newest first.
create table slide_position (
  slide_image_id uuid not null references slide_image (id),
  staff_id uuid not null references staff (id),
  at timestamptz not null,
  x double precision not null,
  y double precision not null,
  width double precision not null,
  primary key (slide_image_id, staff_id, at)
);
