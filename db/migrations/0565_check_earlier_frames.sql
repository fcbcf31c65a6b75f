-- Series that were prepared before damaged JPEG 2000 frames were looked for are prepared again: what stands is kept, what
-- is missing is made.
insert into job (kind, key, payload)
  select distinct 'imaging.derive', s.id::text, jsonb_build_object('seriesId', s.id)
  from series s
  join series_derived d on d.series_id = s.id
  join instance i on i.series_id = s.id
  where i.transfer_syntax in ('1.2.840.10008.1.2.4.90', '1.2.840.10008.1.2.4.91')
    and i.superseded_at is null
    and not exists (select from frame_check c where c.instance_id = i.id)
  on conflict do nothing;
