-- A one-time code is good once: the last 30-second step that was used (RFC 6238 §5.2).
alter table staff add column totp_step bigint not null default 0;
