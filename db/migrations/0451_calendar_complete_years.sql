-- Years whose published holidays an administrator has declared to be entered in full.
alter table turnaround_calendar add column complete_years integer[] not null default '{}';
