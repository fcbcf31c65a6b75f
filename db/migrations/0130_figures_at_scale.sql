-- Figures at scale: months kept beside the days, definitions with their versions, and a place in the event stream up to
-- which changes of orders have marked their days.
create table indicator_month (
  indicator text not null,
  institution_id uuid not null references institution (id),
  month date not null check (extract(day from month) = 1),
  numerator integer not null,
  denominator integer not null,
  primary key (indicator, month, institution_id)
);
insert into indicator_month (indicator, institution_id, month, numerator, denominator)
select indicator, institution_id, date_trunc('month', day)::date, sum(numerator)::int, sum(denominator)::int
from indicator_day group by 1, 2, 3;

create table indicator_definition (
  code text not null,
  version integer not null,
  name text not null,
  formula text not null,
  better text not null check (better in ('up', 'down')),
  target double precision,
  mark text not null check (mark in ('N', 'L', 'P')),
  first_used_at timestamptz not null default now(),
  primary key (code, version)
);
create trigger indicator_definition_append before update or delete on indicator_definition
  for each row execute function refuse_change();

-- One row: the last change of an order whose days were marked. Read below pg_snapshot_xmin, so nothing is passed over.
create table indicator_watermark (
  one boolean primary key default true check (one),
  xid xid8 not null,
  seq bigint not null,
  at timestamptz not null
);

create index orders_created on orders (created_at);
create index recognition_prompt_decided on recognition_prompt (decided_at) where decided_at is not null;
create index quality_review_decided on quality_review (decided_at) where decided_at is not null;
create index critical_value_found on critical_value (found_at);
create index image_grade_at on image_grade (graded_at);
create index lab_container_received on lab_container (received_at) where received_at is not null;
create index orders_received on orders (received_at) where received_at is not null;
