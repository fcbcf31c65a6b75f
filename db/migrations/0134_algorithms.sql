-- Algorithms as devices: a case in, findings out, a draft beside the report. They never sign.
create table algorithm (
  device_id uuid primary key references device (id),
  version text not null,
  vendor text not null,
  intended_use text not null,
  -- Without a registration number it is shown as 仅供科研 and raises no priority.
  registration_number text,
  center_kind center_kind not null,
  modalities text[] not null default '{}',
  -- In the hub by this name, or outside with a token.
  built_in text,
  token_id uuid references api_token (id),
  may_raise_priority boolean not null default false,
  active boolean not null default true,
  check ((built_in is null) <> (token_id is null)),
  check (not may_raise_priority or registration_number is not null)
);
create unique index algorithm_token on algorithm (token_id) where token_id is not null;

create table algorithm_case (
  id uuid primary key default uuidv7(),
  device_id uuid not null references algorithm (device_id),
  order_id uuid not null references orders (id),
  state text not null default 'waiting' check (state in ('waiting', 'taken', 'done', 'failed')),
  created_at timestamptz not null default now(),
  taken_at timestamptz,
  done_at timestamptz,
  attempts integer not null default 0,
  error text,
  unique (device_id, order_id)
);
create index algorithm_case_waiting on algorithm_case (device_id, created_at) where state in ('waiting', 'taken');

create table algorithm_result (
  id uuid primary key default uuidv7(),
  case_id uuid not null references algorithm_case (id),
  device_id uuid not null references algorithm (device_id),
  order_id uuid not null references orders (id),
  algorithm_name text not null,
  algorithm_version text not null,
  registration_number text,
  format text not null check (format in ('json', 'dicom-sr')),
  conclusion text not null,
  positive boolean not null,
  findings jsonb not null,
  priority order_priority,
  object_address text,
  received_at timestamptz not null
);
create index algorithm_result_order on algorithm_result (order_id, received_at);
create trigger algorithm_result_append before update or delete on algorithm_result for each row execute function refuse_change();

create table algorithm_verdict (
  result_id uuid primary key references algorithm_result (id),
  verdict text not null check (verdict in ('agree', 'partly', 'disagree')),
  note text,
  decided_by uuid not null references staff (id),
  decided_at timestamptz not null
);
