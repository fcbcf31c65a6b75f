-- Sterile supply: how long records are kept is enforced, not only printed (WS 310.3: cleaning and disinfection at least
-- 6 months, sterilization at least 3 years). Within its time nothing is deleted, whoever asks; a longer time may be set,
-- a shorter one than the standard may not.

create table cssd_retention (
  kind text primary key check (kind in ('wash', 'sterilization')),
  keep_months integer not null check (keep_months <= 600),
  constraint cssd_retention_minimum check (keep_months >= case kind when 'wash' then 6 else 36 end)
);
insert into cssd_retention values ('wash', 6), ('sterilization', 36);

create function cssd_keep() returns trigger language plpgsql as $$
declare
  made timestamptz;
  months integer;
begin
  if tg_op = 'TRUNCATE' then
    raise exception '% is kept: it cannot be emptied', tg_table_name using errcode = '23514', constraint = 'cssd_retention';
  end if;
  select keep_months into months from cssd_retention where kind = tg_argv[0];
  made := (to_jsonb(old) ->> tg_argv[1])::timestamptz;
  if made > now() - make_interval(months => coalesce(months, 600)) then
    raise exception 'records of % are kept % months', tg_table_name, months
      using errcode = '23514', constraint = 'cssd_retention';
  end if;
  return old;
end $$;

do $$
declare
  kept record;
begin
  for kept in select * from (values
    ('cssd_wash_load', 'wash', 'started_at'), ('cssd_load', 'sterilization', 'started_at'),
    ('cssd_pack', 'sterilization', 'collected_at'), ('cssd_print_out', 'sterilization', 'received_at'),
    ('cssd_indicator', 'sterilization', 'placed_at'), ('cssd_return', 'sterilization', 'declared_at'),
    ('cssd_transfer', 'sterilization', 'created_at'), ('cssd_recall', 'sterilization', 'raised_at'),
    ('cssd_loaner_receipt', 'sterilization', 'received_at'), ('cssd_instrument_repair', 'sterilization', 'reported_at')
  ) k (name, kind, made)
  loop
    execute format('create trigger cssd_keep before delete on %I for each row execute function cssd_keep(%L, %L)',
      kept.name, kept.kind, kept.made);
    execute format('create trigger cssd_keep_all before truncate on %I for each statement execute function cssd_keep()',
      kept.name);
  end loop;
end $$;
create trigger cssd_retention_keep before delete on cssd_retention for each row execute function cssd_append_only();
