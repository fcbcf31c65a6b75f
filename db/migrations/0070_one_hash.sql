-- One hash per received object (ADR 9): its address. Whether two objects with one UID hold the same data set is found by
-- reading both, when it happens.
drop index rendition_once;
alter table rendition drop column data_set_sha256;
alter table instance drop column data_set_sha256;
create unique index rendition_received on rendition (instance_id, transfer_syntax, object_address) where kind = 'received';
create unique index rendition_derived on rendition (instance_id, transfer_syntax) where kind = 'derived';
