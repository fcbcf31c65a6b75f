-- Other platforms that are asked for earlier results of a patient when something is ordered.
create table recognition_platform (
  id uuid primary key default uuidv7(),
  name text not null unique,
  base_url text not null,
  token_encrypted text,
  active boolean not null default true,
  created_by uuid references staff (id),
  created_at timestamptz not null default now()
);
