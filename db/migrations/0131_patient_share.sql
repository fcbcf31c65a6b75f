-- A patient takes his results along: a code or QR by which another hospital reads chosen results for a time. The code is
-- kept as a keyed hash only; opening it needs something the patient knows besides.
create table patient_share (
  id uuid primary key default uuidv7(),
  patient_id uuid not null references patient (id),
  institution_id uuid not null references institution (id),
  created_by uuid not null references staff (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  purpose text not null,
  consent_by text not null,
  with_images boolean not null default true,
  with_package boolean not null default true,
  code_hash text not null unique,
  factor text not null check (factor in ('id-last-4', 'birth-date')),
  factor_hash text not null,
  failed_attempts integer not null default 0,
  locked_at timestamptz,
  opened integer not null default 0,
  last_opened_at timestamptz,
  revoked_at timestamptz,
  revoked_by uuid references staff (id),
  revoke_reason text,
  check (expires_at > created_at and expires_at <= created_at + interval '30 days'),
  check ((revoked_at is null) = (revoked_by is null))
);
create index patient_share_patient on patient_share (patient_id, created_at desc);

create table patient_share_order (
  share_id uuid not null references patient_share (id),
  order_id uuid not null references orders (id),
  primary key (share_id, order_id)
);

-- Who opened it: what he called himself, from where, until when.
create table patient_share_session (
  id uuid primary key default uuidv7(),
  share_id uuid not null references patient_share (id),
  token_hash text not null unique,
  hospital text not null,
  person text not null,
  address text,
  opened_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index patient_share_session_share on patient_share_session (share_id, opened_at desc);
