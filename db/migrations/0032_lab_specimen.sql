-- Laboratory: tubes, boxes and the way between them.

create sequence lab_barcode_seq;

create table lab_rejection_reason (
  code text primary key,
  name text not null,
  name_en text not null,
  position integer not null default 100,
  active boolean not null default true
);

create table lab_box (
  id uuid primary key default uuidv7(),
  code text not null unique check (code ~ '^[A-Z0-9-]{4,24}$'),
  from_institution_id uuid not null references institution (id),
  to_institution_id uuid not null references institution (id),
  state text not null default 'open' check (state in ('open', 'sealed', 'in-transit', 'arrived', 'reconciled')),
  seal_number text,
  sealed_count integer,
  created_by uuid references staff (id),
  created_at timestamptz not null default now(),
  sealed_by uuid references staff (id),
  sealed_at timestamptz,
  courier_id uuid references staff (id),
  handed_at timestamptz,
  arrived_at timestamptz,
  received_by uuid references staff (id),
  seal_intact boolean,
  reconciled_at timestamptz,
  min_celsius numeric(4, 1) not null default 2,
  max_celsius numeric(4, 1) not null default 8,
  check ((state = 'open') or (sealed_at is not null and seal_number is not null))
);
create index lab_box_from on lab_box (from_institution_id, created_at desc);
create index lab_box_to on lab_box (to_institution_id, created_at desc);

create table lab_box_temperature (
  box_id uuid not null references lab_box (id),
  at timestamptz not null,
  celsius numeric(5, 2) not null check (celsius between -90 and 90),
  source text not null default 'logger',
  primary key (box_id, at)
);

create table lab_container (
  id uuid primary key default uuidv7(),
  barcode text not null unique check (barcode ~ '^[A-Z0-9-]{6,24}$'),
  order_id uuid not null references orders (id),
  parent_id uuid references lab_container (id),
  tube_code text not null references lab_tube_type (code),
  specimen_type text not null,
  state text not null default 'planned' check (state in ('planned', 'collected', 'boxed', 'in-transit', 'arrived', 'accepted',
    'rejected', 'missing', 'stored', 'discarded', 'cancelled')),
  preprinted boolean not null default false,
  volume_ml numeric(6, 2) check (volume_ml > 0),
  collected_at timestamptz,
  collected_by uuid references staff (id),
  collected_by_name text,
  fasting boolean,
  body_site text,
  separated_at timestamptz,
  separated_by uuid references staff (id),
  box_id uuid references lab_box (id),
  received_at timestamptz,
  received_by uuid references staff (id),
  rejection_code text references lab_rejection_reason (code),
  rejection_note text,
  hold_reason text,
  store_rack text,
  store_position text,
  store_until date,
  discarded_at timestamptz,
  discarded_by uuid references staff (id),
  discarded_with uuid references staff (id),
  created_at timestamptz not null default now(),
  check (state <> 'rejected' or rejection_code is not null),
  check (state not in ('collected', 'boxed', 'in-transit', 'accepted') or collected_at is not null),
  check (separated_at is null or collected_at is null or separated_at >= collected_at),
  check (received_at is null or collected_at is null or received_at >= collected_at),
  check (discarded_at is null or discarded_by is distinct from discarded_with)
);
create index lab_container_order on lab_container (order_id);
create index lab_container_box on lab_container (box_id) where box_id is not null;
create index lab_container_state on lab_container (state, collected_at);
create unique index lab_container_slot on lab_container (store_rack, store_position) where state = 'stored';

create table lab_container_event (
  id bigint generated always as identity primary key,
  container_id uuid not null references lab_container (id),
  kind text not null,
  at timestamptz not null,
  actor_id uuid references staff (id),
  actor_name text not null,
  institution_id uuid references institution (id),
  detail jsonb not null default '{}'
);
create index lab_container_event_container on lab_container_event (container_id, id);
create trigger lab_container_event_append before update or delete on lab_container_event
  for each row execute function refuse_change();

-- Codes printed beforehand (预制条码); bound to an order at collection, once.
create table lab_preprinted_code (
  barcode text primary key check (barcode ~ '^[A-Z0-9-]{6,24}$'),
  institution_id uuid not null references institution (id),
  tube_code text not null references lab_tube_type (code),
  container_id uuid unique references lab_container (id),
  printed_at timestamptz not null default now()
);

-- The tests of an order, each with its own state; the order's status is derived from them.
create table lab_order_test (
  order_id uuid not null references orders (id),
  test_code text not null references lab_test (code),
  panel_code text not null,
  container_id uuid references lab_container (id),
  state text not null default 'ordered' check (state in ('ordered', 'collected', 'received', 'resulted', 'verified', 'released',
    'rejected', 'cancelled')),
  hold_reason text,
  primary key (order_id, test_code)
);
create index lab_order_test_container on lab_order_test (container_id);
create index lab_order_test_open on lab_order_test (state, order_id) where state in ('received', 'resulted', 'verified');
