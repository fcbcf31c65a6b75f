-- 会诊 inside the county: a sub-order with its own clock that reads the same images.
create table second_opinion (
  opinion_order_id uuid primary key references orders (id),
  order_id uuid not null references orders (id),
  question text not null,
  asked_by uuid not null references staff (id),
  asked_at timestamptz not null default now(),
  check (opinion_order_id <> order_id)
);
create index second_opinion_order on second_opinion (order_id);

-- What went out of the hub as files: who, why, which; kept at least three years (个人信息对外提供).
create table image_export (
  id uuid primary key default uuidv7(),
  order_id uuid not null references orders (id),
  kind text not null check (kind in ('dicom', 'anonymous')),
  reason text not null,
  instances integer not null,
  exported_by uuid not null references staff (id),
  exported_at timestamptz not null default now()
);
create index image_export_order on image_export (order_id);
