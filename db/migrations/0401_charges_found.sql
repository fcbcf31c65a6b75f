-- Charges of a month beside the adoptions that they are compared with.
create index recognition_prompt_adopted on recognition_prompt (patient_id, item_code, decided_at) where decision = 'adopt';
create index order_charge_paid on order_charge (changed_at) where state = 'paid';
create index his_charge_time on his_charge (charged_at);
