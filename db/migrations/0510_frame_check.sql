-- Frames of JPEG 2000 objects that decode although their bytes are damaged; a row stands for each object that was checked.
create table frame_check (
  instance_id bigint primary key references instance (id),
  -- from 1
  damaged integer[] not null,
  checked_at timestamptz not null
);
