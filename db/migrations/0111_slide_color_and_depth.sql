-- Colour profile of the scanner, and focal planes: plane 0 is the one shown first.
create table slide_image_profile (
  slide_image_id uuid primary key references slide_image (id),
  icc bytea not null check (octet_length(icc) between 128 and 4194304)
);
alter table slide_image add column focal_planes integer not null default 1 check (focal_planes between 1 and 100);
alter table slide_image add column focal_step_micrometre double precision;
alter table slide_image_tiles add column plane smallint not null default 0 check (plane between 0 and 99);
alter table slide_image_tiles drop constraint slide_image_tiles_pkey;
alter table slide_image_tiles add primary key (slide_image_id, level, plane, chunk);
