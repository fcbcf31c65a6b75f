-- SMART-like scopes (system/Observation.rs) of a token for /fhir; empty for tokens that go by their verbs.
alter table api_token add column scopes text[] not null default '{}';
