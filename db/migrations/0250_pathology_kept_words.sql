-- What was described at the cutting bench and what was told to the theatre: every time is kept, the case shows the last.
create table pathology_gross_version (
  id uuid primary key default uuidv7(),
  order_id uuid not null references pathology_case (order_id),
  description text not null,
  described_by uuid references staff (id),
  at timestamptz not null
);
create index pathology_gross_version_order on pathology_gross_version (order_id, at);
create trigger pathology_gross_version_append before update or delete on pathology_gross_version
  for each row execute function refuse_change();
insert into pathology_gross_version (order_id, description, described_by, at)
  select order_id, gross_description, grossed_by, coalesce(grossed_at, created_at) from pathology_case where gross_description is not null;

create table pathology_frozen_call (
  id uuid primary key default uuidv7(),
  order_id uuid not null references pathology_frozen (order_id),
  diagnosis text not null,
  told_to text not null,
  read_back text not null,
  called_by uuid references staff (id),
  at timestamptz not null
);
create index pathology_frozen_call_order on pathology_frozen_call (order_id, at);
create trigger pathology_frozen_call_append before update or delete on pathology_frozen_call
  for each row execute function refuse_change();
insert into pathology_frozen_call (order_id, diagnosis, told_to, read_back, called_by, at)
  select order_id, coalesce(diagnosis, ''), coalesce(phoned_to, ''), read_back, phoned_by, phoned_at
  from pathology_frozen where phoned_at is not null and read_back is not null;
