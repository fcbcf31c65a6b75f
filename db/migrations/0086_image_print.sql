-- Images chosen for paper leave the hub too: printing is recorded beside the exports.
alter table image_export drop constraint image_export_kind_check;
alter table image_export add constraint image_export_kind_check check (kind in ('dicom', 'anonymous', 'print'));
