-- Breach lists are read newest first within a span: what broke, and what runs past its time.
create index order_clock_broken on order_clock (started_at desc) where state = 'breached';
create index order_clock_late on order_clock (due_at) where state = 'running';
