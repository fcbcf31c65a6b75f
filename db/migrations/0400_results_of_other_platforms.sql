-- Results of other platforms are put before the clinician like the county's own, kept as the platform answered them.
alter table recognition_platform add column recognized_as text check (recognized_as in ('nation', 'region', 'province', 'city'));

create table platform_result (
  id uuid primary key default uuidv7(),
  platform_id uuid not null references recognition_platform (id),
  patient_id uuid not null references patient (id),
  item_code text not null references catalogue_item (code),
  -- Hash over platform, report, item and content: another content is another result.
  fingerprint text not null,
  content jsonb not null,
  received_at timestamptz not null default now()
);
create unique index platform_result_known on platform_result (patient_id, fingerprint);

create function refuse_platform_result_change() returns trigger language plpgsql as $$
begin
  raise exception 'a result of another platform is kept as it came' using errcode = '23001';
end $$;
create trigger platform_result_kept before update or delete on platform_result for each row execute function refuse_platform_result_change();

alter table recognition_prompt
  alter column signed_report_id drop not null,
  alter column source_order_id drop not null,
  add column platform_result_id uuid references platform_result (id),
  add check ((platform_result_id is null) = (signed_report_id is not null)),
  add check ((signed_report_id is null) = (source_order_id is null));
create unique index recognition_prompt_shown_elsewhere on recognition_prompt (patient_id, item_code, platform_result_id, institution_id) where decision is null and order_id is null and platform_result_id is not null;
create unique index recognition_prompt_of_order_elsewhere on recognition_prompt (order_id, item_code, platform_result_id) where decision is null and order_id is not null and platform_result_id is not null;
create index recognition_prompt_platform on recognition_prompt (platform_result_id) where platform_result_id is not null;
