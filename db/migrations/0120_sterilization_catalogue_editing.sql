-- Sterile supply, part 4: pictures that the catalogue may name, and the due time of a pack by the centre's calendar.

create table cssd_picture (
  sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
  bytes integer not null check (bytes > 0),
  width integer not null check (width > 0),
  height integer not null check (height > 0),
  uploaded_at timestamptz not null default now(),
  uploaded_by uuid references staff
);
alter table cssd_instrument_type add foreign key (picture_sha256) references cssd_picture;
alter table cssd_set_type_version add foreign key (picture_sha256) references cssd_picture;

-- Set at collection (urgent 4 h, routine 24 h of the centre's hours) and at release; null where a pack was made before.
alter table cssd_pack add column due_at timestamptz;
alter table cssd_pack add column turnaround_min integer check (turnaround_min >= 0);
create index cssd_pack_ready on cssd_pack (center_id, ready_at) where ready_at is not null;
create index on cssd_pack_event (at) where kind in ('rejected', 'lost');
create index cssd_repair_open on cssd_instrument_repair (reported_at) where repaired_at is null;

-- A centre's own hours: the calendar its turnaround counts by. Null = open all day, every day.
create table cssd_center_setting (
  center_id uuid primary key references institution,
  calendar_id uuid references turnaround_calendar,
  urgent_minutes integer not null default 240 check (urgent_minutes between 1 and 100000),
  routine_minutes integer not null default 1440 check (routine_minutes between 1 and 100000),
  overdue_days integer not null default 14 check (overdue_days between 1 and 365),
  updated_at timestamptz not null default now(),
  updated_by uuid references staff
);
