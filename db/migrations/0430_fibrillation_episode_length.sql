-- Episodes of suspected fibrillation in long recordings count from this length on; the centre may edit it.
update critical_rule
   set settings = jsonb_set(settings, '{limits,episodeSeconds}', '30')
 where code = 'ECG-ATRIAL-FIBRILLATION'
   and settings->'limits' is not null
   and not (settings->'limits' ? 'episodeSeconds');
