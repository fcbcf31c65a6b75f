-- A value of several megabytes does not fit into an index: told apart by its digest instead.
do $$
declare
  old_name text;
begin
  select conname into old_name from pg_constraint where conrelid = 'lab_instrument_result'::regclass and contype = 'u';
  execute format('alter table lab_instrument_result drop constraint %I', old_name);
end $$;
create unique index lab_instrument_result_once on lab_instrument_result
  (instrument_id, specimen_id, instrument_code, md5(value), measured_at, message_id) nulls not distinct;
