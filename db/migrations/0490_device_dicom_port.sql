-- The port on which a device listens: where C-MOVE sends to and a storage commitment is reported.
alter table device add column dicom_port integer check (dicom_port between 1 and 65535);
update device set dicom_port = (settings ->> 'dicomPort')::integer
where settings ->> 'dicomPort' ~ '^[0-9]{1,5}$' and (settings ->> 'dicomPort')::integer between 1 and 65535;
update device set settings = settings - 'dicomPort' where settings ? 'dicomPort';
