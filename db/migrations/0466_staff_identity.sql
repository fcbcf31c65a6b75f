-- Accounts of the county's identity provider that open the account of a person: by issuer and subject, never by name.
create table staff_identity (
  id uuid primary key default uuidv7(),
  staff_id uuid not null references staff (id),
  issuer text not null,
  subject text not null,
  -- The account name that the provider told, for people to read.
  account text,
  -- Null: linked at the first sign-in by the account name, where the configuration says so.
  linked_by uuid references staff (id),
  linked_at timestamptz not null default now(),
  last_used_at timestamptz,
  unlinked_at timestamptz,
  check (linked_by is null or linked_by <> staff_id)
);
create unique index staff_identity_subject on staff_identity (issuer, subject) where unlinked_at is null;
create unique index staff_identity_staff on staff_identity (staff_id, issuer) where unlinked_at is null;
create index staff_identity_all on staff_identity (staff_id);

-- Accounts that signed in at the provider and are nobody's here yet: the security administrator chooses from them.
create table identity_waiting (
  issuer text not null,
  subject text not null,
  account text,
  name text,
  last_at timestamptz not null,
  primary key (issuer, subject)
);
create index identity_waiting_last on identity_waiting (issuer, last_at desc, subject);

alter table session
  add column method text not null default 'password' check (method in ('password', 'provider')),
  add column staff_identity_id uuid references staff_identity (id),
  -- Said to the provider at sign-out, so that it knows whose session ends.
  add column id_token_encrypted text,
  add check ((method = 'provider') = (staff_identity_id is not null));
create index session_identity on session (staff_identity_id) where revoked_at is null;
