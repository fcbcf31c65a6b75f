-- Rules of notifiable diseases are edited by the person in charge; every version stays, a card names the one that drafted it.
alter table notifiable_rule add column version integer not null default 1 check (version > 0);
alter table notifiable_rule add column updated_by uuid references staff (id);
alter table notifiable_rule add column updated_at timestamptz not null default now();
create table notifiable_rule_version (
  code text not null references notifiable_rule (code),
  version integer not null,
  definition jsonb not null,
  reason text,
  made_by uuid references staff (id),
  made_at timestamptz not null default now(),
  primary key (code, version)
);
create trigger notifiable_rule_version_append before update or delete on notifiable_rule_version
  for each row execute function refuse_change();
insert into notifiable_rule_version (code, version, definition)
  select code, 1, jsonb_build_object('disease', disease, 'diseaseEn', disease_en, 'class', class, 'dueHours', due_hours,
    'words', words, 'testCodes', test_codes, 'testValues', test_values, 'active', active) from notifiable_rule;
alter table notifiable_card add column rule_version integer not null default 1;
alter table notifiable_card add foreign key (rule_code, rule_version) references notifiable_rule_version (code, version);
create index notifiable_card_found_site on notifiable_card (found_at, institution_id);
