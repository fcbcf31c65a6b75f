-- Supervision: rules that open tickets by themselves, documents as evidence, bulletins made from frozen figures.
create table ticket_rule (
  code text primary key,
  name text not null,
  name_en text not null,
  settings jsonb not null,
  active boolean not null default true,
  updated_by uuid references staff (id),
  updated_at timestamptz not null default now()
);
insert into ticket_rule (code, name, name_en, settings) values
  ('breach-cluster', '超时聚集', 'Breach cluster', '{"count": 5, "hours": 24}'),
  ('critical-overdue', '危急值逾期未处置', 'Critical value overdue', '{"minutes": 30}'),
  ('indicator-fall', '指标下滑', 'Falling indicator', '{"points": 5, "minimum": 20}'),
  ('evidence-expiry', '质量证明到期', 'Quality evidence expires', '{"days": 30}');
insert into setting (key, value) values ('ticket.steps', '[1, 3, 7, 30]') on conflict (key) do nothing;

alter table ticket add column rule_code text references ticket_rule (code);
alter table ticket add column recurrences integer not null default 0;
alter table ticket add column last_seen_at timestamptz;
create index ticket_due on ticket (due_at) where state <> 'closed' and due_at is not null;
create index ticket_event_ticket on ticket_event (ticket_id, id);
create index order_clock_breached on order_clock (breached_at) where breached_at is not null;

-- Certificates, photographs, minutes: evidence of quality and of what was done about a ticket.
create table supervision_document (
  id uuid primary key default uuidv7(),
  address text not null check (address ~ '^[0-9a-f]{64}$'),
  name text not null,
  media_type text not null check (media_type in ('application/pdf', 'image/jpeg', 'image/png')),
  bytes integer not null check (bytes between 1 and 20971520),
  uploaded_by uuid not null references staff (id),
  uploaded_at timestamptz not null default now()
);
create index supervision_document_address on supervision_document (address);

-- 月通报 and half-year evaluation. The data is frozen when it is made; pages and sheets are made from it and from nothing else.
create table bulletin (
  id uuid primary key default uuidv7(),
  period text not null unique check (period ~ '^\d{4}(-\d{2}|-Q[1-4]|-H[12])$'),
  data jsonb not null,
  data_sha256 text not null,
  page_sha256 text not null,
  sheet_address text not null,
  sheet_sha256 text not null,
  note text,
  made_by uuid references staff (id),
  made_at timestamptz not null,
  pdf_address text,
  signed_by uuid references staff (id),
  signed_at timestamptz,
  check ((signed_at is null) = (pdf_address is null)),
  check ((signed_at is null) = (signed_by is null))
);
create function bulletin_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.signed_at is not null or new.data <> old.data or new.period <> old.period
    or new.page_sha256 <> old.page_sha256 or new.sheet_sha256 <> old.sheet_sha256 then
    raise exception 'a bulletin is not changed' using errcode = '23001';
  end if;
  return new;
end $$;
create trigger bulletin_stays before update or delete on bulletin for each row execute function bulletin_stays();
