-- Two renditions of one syntax may differ in bytes and still show the same picture: both are kept.
alter table rendition drop constraint rendition_instance_id_kind_transfer_syntax_key;
create unique index rendition_once on rendition (instance_id, kind, transfer_syntax, data_set_sha256) nulls not distinct;
create index unmatched_input_object on unmatched_input (object_address) where state = 'open' and object_address is not null;
