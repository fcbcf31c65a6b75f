-- Upper levels that a slide came without are made here, as a file of their own: derived data, never the original.
alter table slide_image_file add column derived boolean not null default false;
