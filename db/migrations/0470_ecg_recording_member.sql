-- Files of an archive that brought a long recording, unpacked once: a page is read from them. The archive is the original.
create table ecg_recording_member (
  recording_id uuid not null references ecg_recording (id),
  position integer not null,
  name text not null,
  object_address text not null,
  object_size bigint not null,
  primary key (recording_id, position)
);
