-- Laboratory: preliminary cultures, tubes that no manifest names, rules that verify, reports printed in one go.

-- A culture is released as it grows: a preliminary value may be followed by another without being a correction.
alter table lab_result add column preliminary boolean not null default false;

-- Tubes found in a box that its manifest does not name (多出), kept with who found them.
create table lab_box_extra (
  box_id uuid not null references lab_box (id),
  barcode text not null check (barcode ~ '^[A-Z0-9-]{4,30}$'),
  container_id uuid references lab_container (id),
  found_by uuid not null references staff (id),
  found_at timestamptz not null default now(),
  primary key (box_id, barcode)
);
