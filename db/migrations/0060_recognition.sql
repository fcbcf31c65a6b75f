-- Mutual recognition 结果互认: catalogue, quality evidence, prompts and their immutable decisions.
create table recognition_item (
  item_code text primary key references catalogue_item (code),
  eligible boolean not null default true,
  exception_note text,
  validity_days integer not null check (validity_days between 0 and 3650),
  counts_from text not null default 'examination' check (counts_from in ('examination', 'report')),
  updated_by uuid references staff (id),
  updated_at timestamptz not null default now(),
  check (eligible or exception_note is not null)
);

create table quality_evidence (
  id uuid primary key default uuidv7(),
  institution_id uuid not null references institution (id),
  center_kind center_kind,
  item_code text references catalogue_item (code),
  recognition_range text not null check (recognition_range in ('nation', 'region', 'province', 'city', 'county')),
  evaluator text not null,
  valid_from date not null,
  valid_to date not null,
  source text not null check (source in ('evaluation', 'eqa', 'certificate', 'upload')),
  source_id text,
  document_address text,
  created_by uuid references staff (id),
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  revoke_reason text,
  check (valid_to >= valid_from)
);
create index quality_evidence_site on quality_evidence (institution_id, valid_to);

create table recognition_prompt (
  id uuid primary key default uuidv7(),
  patient_id uuid not null references patient (id),
  item_code text not null references catalogue_item (code),
  signed_report_id uuid not null references signed_report (id),
  source_order_id uuid not null references orders (id),
  institution_id uuid not null references institution (id),
  clinician_id uuid references staff (id),
  -- The order that waits for the decision, or that went ahead as an emergency.
  order_id uuid references orders (id),
  emergency boolean not null default false,
  label text,
  prompted_at timestamptz not null default now(),
  due_at timestamptz,
  decision text check (decision in ('adopt', 'repeat')),
  reason text check (reason in ('condition-changed', 'fast-changing', 'before-major-act', 'emergency', 'assessment', 'other')),
  note text,
  patient_informed jsonb,
  citation text,
  saving numeric(10, 2),
  decided_by uuid references staff (id),
  decided_at timestamptz,
  check ((decision is null) = (decided_at is null)),
  check (decision is distinct from 'repeat' or reason is not null),
  check (reason is distinct from 'other' or note is not null)
);
create unique index recognition_prompt_open on recognition_prompt (patient_id, item_code, signed_report_id, institution_id) where decision is null;
create index recognition_prompt_order on recognition_prompt (order_id) where order_id is not null;
create index recognition_prompt_time on recognition_prompt (prompted_at);
create index recognition_prompt_report on recognition_prompt (signed_report_id);

create function refuse_redecision() returns trigger language plpgsql as $$
begin
  if old.decision is not null then
    raise exception 'a recognition decision is immutable' using errcode = '23001';
  end if;
  return new;
end $$;
create trigger recognition_prompt_decided before update or delete on recognition_prompt for each row execute function refuse_redecision();
create index order_item_code on order_item (code, order_id);
create index signed_report_order on signed_report (order_id, number desc);
