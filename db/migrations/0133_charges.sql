-- Money without claims: what the HIS says about payment, the price frozen at signing, the monthly sheet of two institutions.
create table order_charge (
  order_id uuid primary key references orders (id),
  state text not null check (state in ('unpaid', 'paid', 'exempt', 'green-channel', 'refunded')),
  amount numeric(10, 2) check (amount >= 0),
  reference text,
  reason text,
  changed_at timestamptz not null,
  changed_by text not null,
  check (state <> 'exempt' or reason is not null)
);

create table charge_line (
  order_id uuid not null references orders (id),
  item_code text not null references catalogue_item (code),
  item_name text not null,
  center_kind center_kind not null,
  price numeric(10, 2) not null,
  requesting_institution_id uuid not null references institution (id),
  performing_institution_id uuid not null references institution (id),
  reporting_institution_id uuid not null references institution (id),
  signed_report_id uuid not null references signed_report (id),
  frozen_at timestamptz not null,
  primary key (order_id, item_code)
);
create index charge_line_time on charge_line (frozen_at);
create trigger charge_line_append before update or delete on charge_line for each row execute function refuse_change();

-- Charges the HIS reports by item, whether the hub knows an order for them or not.
create table his_charge (
  id uuid primary key default uuidv7(),
  institution_id uuid not null references institution (id),
  patient_id uuid not null references patient (id),
  item_code text not null references catalogue_item (code),
  order_id uuid references orders (id),
  amount numeric(10, 2) not null check (amount >= 0),
  charged_at timestamptz not null,
  reference text not null,
  unique (institution_id, reference)
);
create index his_charge_patient on his_charge (patient_id, item_code);

create table settlement (
  id uuid primary key default uuidv7(),
  period text not null check (period ~ '^\d{4}-\d{2}$'),
  payer_id uuid not null references institution (id),
  payee_id uuid not null references institution (id),
  cases integer not null,
  gross numeric(12, 2) not null,
  amount numeric(12, 2) not null,
  lines jsonb not null,
  closed_by uuid not null references staff (id),
  closed_at timestamptz not null,
  unique (period, payer_id, payee_id),
  check (payer_id <> payee_id)
);
create trigger settlement_append before update or delete on settlement for each row execute function refuse_change();
-- Share of the price that the reading institution gets (P: set by the county).
insert into setting (key, value) values
  ('settlement.shares', '{"imaging": 0.4, "ecg": 0.4, "lab": 0.6, "pathology": 0.7, "sterilization": 1}'),
  ('charge.required', 'false') on conflict (key) do nothing;
