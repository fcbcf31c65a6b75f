-- Held orders whose prompt a later order took away wait for a decision of their own again.
insert into recognition_prompt (patient_id, item_code, signed_report_id, source_order_id, institution_id, clinician_id, order_id, emergency, label, prompted_at)
select distinct on (o.id, p.item_code) p.patient_id, p.item_code, p.signed_report_id, p.source_order_id, o.requesting_institution_id, null, o.id, false, p.label, o.created_at
from orders o join order_item i on i.order_id = o.id
  join recognition_prompt p on p.patient_id = o.patient_id and p.item_code = i.code and p.institution_id = o.requesting_institution_id
where o.status = 'awaiting-decision' and not exists (select 1 from recognition_prompt q where q.order_id = o.id and q.item_code = i.code)
order by o.id, p.item_code, p.prompted_at desc;
