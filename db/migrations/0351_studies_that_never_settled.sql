-- A study that had not been quiet at the first look lost its second one and stayed receiving for good: all are looked at again.
insert into job (kind, key, payload)
  select 'imaging.settle', id::text, jsonb_build_object('studyId', id) from study where state = 'receiving'
  on conflict do nothing;
