-- Where a slide image's barcode was read: what the scanner wrote into the file, the label's picture, or the file's name.
alter table slide_image add column barcode_source text check (barcode_source in ('file', 'label', 'name'));
update slide_image set barcode_source = 'file' where barcode is not null;
