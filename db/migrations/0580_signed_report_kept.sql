-- A signed version is never edited: only its state changes, and it is never deleted.
create function signed_report_kept() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or to_jsonb(new) - 'state' <> to_jsonb(old) - 'state' then
    raise exception 'a signed report is neither changed nor deleted' using errcode = '23514', constraint = 'signed_report_kept';
  end if;
  return new;
end $$;
create trigger signed_report_kept before update or delete on signed_report
  for each row execute function signed_report_kept();
