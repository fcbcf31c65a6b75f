-- A block or a glass slide can be missing too, and is found again; places are searched.
alter table pathology_block drop constraint pathology_block_state_check;
alter table pathology_block add constraint pathology_block_state_check
  check (state in ('grossed', 'embedded', 'cut', 'archived', 'loaned', 'exhausted', 'missing', 'discarded'));
alter table pathology_slide drop constraint pathology_slide_state_check;
alter table pathology_slide add constraint pathology_slide_state_check
  check (state in ('cut', 'stained', 'scanned', 'archived', 'loaned', 'broken', 'missing', 'discarded'));
create index pathology_block_place on pathology_block using gin (place gin_trgm_ops);
create index pathology_slide_place on pathology_slide using gin (place gin_trgm_ops);
create index pathology_container_place on pathology_container using gin (place gin_trgm_ops);
create index pathology_block_holder on pathology_block using gin (holder gin_trgm_ops);
create index pathology_slide_holder on pathology_slide using gin (holder gin_trgm_ops);
create index pathology_container_holder on pathology_container using gin (holder gin_trgm_ops);
-- frozen sections that wait for their comparison, by their paraffin case
create index pathology_frozen_paraffin on pathology_frozen (paraffin_order_id) where paraffin_order_id is not null;
