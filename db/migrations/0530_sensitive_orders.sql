-- Results of sensitive tests (HIV, syphilis) and of protected persons are seen by fewer people: orderScope.ts asks this mark.
alter table orders add column sensitive boolean not null default false;

create function order_of_protected_person() returns trigger language plpgsql as $$
begin
  if new.patient_id is not null and exists (select from patient p where p.id = new.patient_id and p.restricted) then
    new.sensitive := true;
  end if;
  return new;
end $$;
create trigger orders_protected before insert or update of patient_id on orders for each row
  execute function order_of_protected_person();

create function order_of_sensitive_test() returns trigger language plpgsql as $$
begin
  update orders o set sensitive = true
    where not o.sensitive and o.id in (select a.order_id from added a join lab_test t on t.code = a.test_code and t.sensitive);
  return null;
end $$;
create trigger lab_order_test_sensitive after insert on lab_order_test referencing new table as added for each statement
  execute function order_of_sensitive_test();

create function orders_of_protection() returns trigger language plpgsql as $$
begin
  update orders o set sensitive = new.restricted or exists
      (select from lab_order_test x join lab_test t on t.code = x.test_code and t.sensitive where x.order_id = o.id)
    where o.patient_id = new.id;
  return null;
end $$;
create trigger patient_protection after update of restricted on patient for each row
  when (old.restricted is distinct from new.restricted) execute function orders_of_protection();

update orders o set sensitive = true
  where exists (select from lab_order_test x join lab_test t on t.code = x.test_code and t.sensitive where x.order_id = o.id)
    or exists (select from patient p where p.id = o.patient_id and p.restricted);
