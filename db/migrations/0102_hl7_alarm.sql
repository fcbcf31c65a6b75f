-- What a person should look at in the interfaces: open once per subject, told when it begins, closed when it is over.
create table hl7_alarm (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('silent', 'queue', 'stuck', 'unknown')),
  subject text not null,
  detail jsonb not null default '{}',
  since timestamptz not null default now(),
  cleared_at timestamptz
);
create unique index hl7_alarm_open on hl7_alarm (kind, subject) where cleared_at is null;
create index hl7_alarm_recent on hl7_alarm (id desc);
