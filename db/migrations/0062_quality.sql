-- Quality: daily sums of indicators per site, frozen periods, sampling reviews, steps of a ticket.
create table indicator_day (
  indicator text not null,
  institution_id uuid not null references institution (id),
  day date not null,
  numerator integer not null,
  denominator integer not null,
  primary key (indicator, institution_id, day)
);
create index indicator_day_day on indicator_day (day, indicator);

create table indicator_dirty_day (day date primary key);

create table indicator_freeze (
  id uuid primary key default uuidv7(),
  period text not null check (period ~ '^\d{4}(-\d{2}|-Q[1-4]|-H[12])$'),
  indicator text not null,
  definition_version integer not null,
  institution_id uuid not null references institution (id),
  numerator integer not null,
  denominator integer not null,
  frozen_at timestamptz not null default now(),
  frozen_by uuid references staff (id),
  unique (period, indicator, institution_id)
);
create trigger indicator_freeze_append before update or delete on indicator_freeze for each row execute function refuse_change();

create table quality_review (
  id uuid primary key default uuidv7(),
  batch text not null,
  order_id uuid not null references orders (id),
  signed_report_id uuid not null references signed_report (id),
  reviewer_id uuid references staff (id),
  drawn_by uuid not null references staff (id),
  drawn_at timestamptz not null default now(),
  rule text not null,
  score integer check (score between 1 and 4),
  compliance jsonb,
  comment text,
  decided_at timestamptz,
  appeal text,
  appealed_by uuid references staff (id),
  appeal_decision text,
  unique (batch, signed_report_id)
);
create index quality_review_open on quality_review (drawn_at desc) where decided_at is null;

alter table ticket add column step integer not null default 0;
alter table ticket add column opened_by uuid references staff (id);
create index ticket_open on ticket (created_at desc) where state <> 'closed';
create index order_event_at_kind on order_event (at, kind);
create index order_clock_stopped on order_clock (stopped_at) where stopped_at is not null;
