-- A whole-slide instance that came by C-STORE or STOW is shown to pathology as well: the same bytes, indexed by tiles.
create function adopt_whole_slide() returns trigger language plpgsql as $$
begin
  insert into job (kind, key, payload)
  values ('pathology.adopt-instance', new.sop_instance_uid, jsonb_build_object('sopInstanceUid', new.sop_instance_uid))
  on conflict (kind, key) where key is not null and state = 'waiting' do nothing;
  return null;
end $$;
create trigger instance_whole_slide after insert on instance for each row
  when (new.sop_class_uid = '1.2.840.10008.5.1.4.1.1.77.1.6') execute function adopt_whole_slide();
