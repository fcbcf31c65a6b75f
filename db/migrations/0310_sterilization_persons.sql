-- Sterile supply: who did it is who it was, and who agreed has signed.

-- An early release names the approver's own signature over the release record (SHA-256 of the CMS kept in its document).
alter table cssd_release add column approval_sha256 text check (approval_sha256 ~ '^[0-9a-f]{64}$');
alter table cssd_release add constraint cssd_release_approval
  check (kind <> 'early-implant' or approval_sha256 is not null) not valid; -- earlier releases stand as they were signed

-- A scan kept offline is done in the name of who scanned it; who was signed in when it was handed over stands beside it.
alter table cssd_scan add column taken_over_by uuid references staff;
update cssd_scan set taken_over_by = staff_id;
alter table cssd_scan alter column taken_over_by set not null;
