-- When the sign-ins failed that still count: those of the last 15 minutes lock an account, older ones do not.
alter table staff add column failed_logins_at timestamptz[] not null default '{}';
alter table staff drop column failed_logins;
