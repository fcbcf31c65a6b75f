-- Structured reports of measurements (DICOM SR, TID 1500) that the hub wrote beside a study. The object is an ordinary
-- instance; this row says for which case and at which step of its report it was made.
create table measurement_report (
  sop_instance_uid text primary key,
  order_id uuid not null references orders (id),
  study_id bigint not null references study (id),
  content_sha256 text not null check (content_sha256 ~ '^[0-9a-f]{64}$'),
  state text not null check (state in ('draft', 'preliminary', 'verified')),
  measurements integer not null check (measurements >= 0),
  written_by uuid not null references staff (id),
  written_at timestamptz not null default now()
);
create index measurement_report_order on measurement_report (order_id, written_at desc);
