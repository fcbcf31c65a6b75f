-- Built-in signing authority, certificates of people, revocation lists.
create table signature_authority (
  id uuid primary key default uuidv7(),
  organization text not null,
  algorithm text not null default 'ecdsa-p256-sha256',
  root_certificate bytea not null,
  issuing_certificate bytea not null,
  sealed_root_key text not null,
  sealed_issuing_key text not null,
  active boolean not null default true,
  created_at timestamptz not null default now()
);
create unique index signature_authority_active on signature_authority (active) where active;

create table signature_certificate (
  id uuid primary key default uuidv7(),
  authority_id uuid not null references signature_authority (id),
  staff_id uuid not null references staff (id),
  serial_number text not null unique check (serial_number ~ '^[0-9a-f]{8,40}$'),
  certificate bytea not null,
  -- the private key under the signing PIN; forgotten when the certificate ends
  sealed_key text,
  not_before timestamptz not null,
  not_after timestamptz not null,
  issued_at timestamptz not null,
  issued_by uuid references staff (id),
  failed_attempts integer not null default 0 check (failed_attempts >= 0),
  locked_until timestamptz,
  ended_at timestamptz,
  revoked_at timestamptz,
  revocation_reason text check (revocation_reason in ('unspecified', 'key-compromise', 'left', 'superseded', 'licence-ended')),
  check (not_after > not_before),
  check ((revoked_at is null) = (revocation_reason is null)),
  check (revoked_at is null or ended_at is not null),
  check ((ended_at is null) = (sealed_key is not null))
);
create unique index signature_certificate_one on signature_certificate (staff_id) where ended_at is null;
create index signature_certificate_staff on signature_certificate (staff_id, issued_at desc);
create index signature_certificate_revoked on signature_certificate (authority_id, revoked_at) where revoked_at is not null;

-- What a certificate says never changes, and an end is final.
create function signature_certificate_kept() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a certificate is never deleted' using errcode = '23514', constraint = 'signature_certificate_kept';
  end if;
  if new.staff_id <> old.staff_id or new.serial_number <> old.serial_number or new.certificate <> old.certificate
     or (old.ended_at is not null and new.ended_at is distinct from old.ended_at)
     or (old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at) then
    raise exception 'a certificate is not changed and its end is final' using errcode = '23514', constraint = 'signature_certificate_kept';
  end if;
  return new;
end $$;
create trigger signature_certificate_kept before update or delete on signature_certificate
  for each row execute function signature_certificate_kept();

create table signature_revocation_list (
  authority_id uuid not null references signature_authority (id),
  issuer text not null check (issuer in ('issuing', 'root')),
  number integer not null check (number > 0),
  list bytea not null,
  this_update timestamptz not null,
  next_update timestamptz not null,
  primary key (authority_id, issuer, number),
  check (next_update > this_update)
);
