-- Two orders by message for the same item each wait for a decision of their own; a prompt shown without an order stands once.
drop index recognition_prompt_open;
create unique index recognition_prompt_shown on recognition_prompt (patient_id, item_code, signed_report_id, institution_id) where decision is null and order_id is null;
create unique index recognition_prompt_of_order on recognition_prompt (order_id, item_code, signed_report_id) where decision is null and order_id is not null;
create index recognition_prompt_open on recognition_prompt (patient_id, item_code) where decision is null;
