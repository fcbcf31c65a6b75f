-- TLS to a receiver whose certificate no public authority signed: its SHA-256 fingerprint is pinned instead.
alter table hl7_endpoint add column tls_fingerprint text check (tls_fingerprint ~ '^([0-9A-F]{2}:){31}[0-9A-F]{2}$');
-- A sender that is quiet for longer than this is an alarm; null = the hub's default, 0 = never.
alter table device add column silent_minutes integer check (silent_minutes between 0 and 100000);
