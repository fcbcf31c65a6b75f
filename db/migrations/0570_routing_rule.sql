-- Routing rules are made by the administrator: one answer for each site, item and span of hours, and a span has two ends.
alter table routing_rule add constraint routing_rule_span
  check ((from_time is null and to_time is null) or (from_time is not null and to_time is not null and from_time <> to_time));
create unique index routing_rule_once on routing_rule (center_kind, requesting_institution_id, item_code, from_time, to_time)
  nulls not distinct where active;
