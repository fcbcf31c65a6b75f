-- Key object selections that the hub has written: one for each study of a signed report whose images were chosen.
create table key_object_document (
  sop_instance_uid text primary key,
  order_id uuid not null references orders (id),
  study_id bigint not null references study (id),
  content_sha256 text not null check (content_sha256 ~ '^[0-9a-f]{64}$'),
  images integer not null check (images > 0),
  written_by uuid not null references staff (id),
  written_at timestamptz not null default now()
);
create index key_object_document_order on key_object_document (order_id, written_at desc);
