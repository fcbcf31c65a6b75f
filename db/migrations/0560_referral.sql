-- A patient sent on to another institution (转诊): for a time whoever treats there sees the earlier results.
create table referral (
  id uuid primary key default uuidv7(),
  patient_id uuid not null references patient (id),
  order_id uuid not null references orders (id),
  from_institution_id uuid not null references institution (id),
  to_institution_id uuid not null references institution (id),
  reason text not null,
  referred_by uuid not null references staff (id),
  referred_at timestamptz not null,
  expires_at timestamptz not null,
  ended_by uuid references staff (id),
  ended_at timestamptz,
  check (from_institution_id <> to_institution_id),
  check (expires_at > referred_at),
  check ((ended_at is null) = (ended_by is null))
);
create index referral_open on referral (to_institution_id, expires_at) where ended_at is null;
create index referral_to on referral (to_institution_id, referred_at desc, id desc);
create index referral_from on referral (from_institution_id, referred_at desc, id desc);
create index referral_patient on referral (patient_id);
