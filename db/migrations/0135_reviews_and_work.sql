-- Sampling reviews read by one or two, conference and appeal; training notes; fair assignment.
alter table quality_review add column readings_wanted integer not null default 1 check (readings_wanted between 1 and 2);
alter table quality_review add column state text not null default 'open'
  check (state in ('open', 'conference', 'decided', 'appealed', 'closed'));
alter table quality_review add column conference jsonb;
alter table quality_review add column appealed_at timestamptz;
alter table quality_review add column appeal_decided_by uuid references staff (id);
alter table quality_review add column appeal_decided_at timestamptz;
update quality_review set state = 'decided' where decided_at is not null;

create table review_reading (
  review_id uuid not null references quality_review (id),
  reader_id uuid not null references staff (id),
  score integer not null check (score between 1 and 4),
  compliance jsonb not null,
  comment text,
  read_at timestamptz not null,
  primary key (review_id, reader_id)
);
create trigger review_reading_append before update or delete on review_reading for each row execute function refuse_change();
insert into review_reading (review_id, reader_id, score, compliance, comment, read_at)
select id, reviewer_id, score, coalesce(compliance, '{}'), comment, decided_at from quality_review where decided_at is not null and reviewer_id is not null and score is not null;

create table training_note (
  id uuid primary key default uuidv7(),
  institution_id uuid not null references institution (id),
  staff_id uuid references staff (id),
  center_kind center_kind not null,
  topic text not null,
  body text not null,
  order_id uuid references orders (id),
  created_by uuid not null references staff (id),
  created_at timestamptz not null default now(),
  read_by uuid references staff (id),
  read_at timestamptz
);
create index training_note_site on training_note (institution_id, created_at desc);
create index signed_report_signed on signed_report (signed_at);
