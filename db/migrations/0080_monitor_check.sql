-- Quality check of the displays of a reading workstation: test pattern looked at, date, person. Append only.
create table monitor_check (
  id uuid primary key default uuidv7(),
  institution_id uuid not null references institution (id),
  workstation text not null check (workstation = btrim(workstation) and length(workstation) between 1 and 60),
  display text not null default '' check (length(display) <= 60),
  screen jsonb not null,
  answers jsonb not null,
  passed boolean not null,
  note text not null default '' check (length(note) <= 500),
  checked_by uuid not null references staff (id),
  checked_at timestamptz not null default now(),
  check (passed or note <> '')
);
create index monitor_check_newest on monitor_check (institution_id, workstation, checked_at desc);
create index monitor_check_listed on monitor_check (checked_at desc, id desc);

create function monitor_check_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'monitor_check is append only' using errcode = '23514', constraint = 'monitor_check_append_only';
end $$;
create trigger monitor_check_append_only before update or delete on monitor_check
  for each row execute function monitor_check_append_only();
