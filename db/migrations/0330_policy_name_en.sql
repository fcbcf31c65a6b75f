-- English pages name a turnaround policy in English where somebody wrote it down.
alter table turnaround_policy add column name_en text check (length(name_en) between 1 and 120);
