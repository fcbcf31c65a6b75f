-- Keyed hashes of the names whose sign-in failed from the address since its last success.
alter table login_failure add column accounts text[] not null default '{}';
create index session_address on session (address, created_at);
