-- A request sent again after a lost line is the same request: the sender's own key names it once.
alter table request add column idempotency_key text;
alter table request add column adopted jsonb;
create unique index request_idempotency on request (requesting_institution_id, idempotency_key) where idempotency_key is not null;
