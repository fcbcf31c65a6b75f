-- When those who review openings of records were told that one waits longer than three days.
alter table access_grant add column reminded_at timestamptz;
create index access_grant_unreviewed on access_grant (granted_at) where reviewed_at is null and kind = 'break-glass';
