-- Who sees the whole county reads its orders newest first.
create index orders_newest on orders (created_at desc, id desc);
