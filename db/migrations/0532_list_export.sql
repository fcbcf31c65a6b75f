-- Lists with persons that left the hub as a file: who, what, how much, why, and who agreed to names in bulk.
create table list_export (
  id uuid primary key default uuidv7(),
  list text not null,
  form text not null check (form in ('csv', 'xlsx')),
  row_count integer not null check (row_count between 1 and 5000),
  named boolean not null,
  reason text not null,
  exported_by uuid not null references staff (id),
  exported_at timestamptz not null default now(),
  agreed_by uuid references staff (id),
  check (agreed_by is null or agreed_by <> exported_by),
  check (not named or row_count <= 50 or agreed_by is not null)
);
