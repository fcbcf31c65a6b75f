-- A new lot of control material runs in parallel before it replaces the old one: its runs are judged by its own target
-- and drawn, but hold no results. The change is a mark of the chart.
alter table lab_qc_target add column parallel boolean not null default false;
alter table lab_qc_event drop constraint lab_qc_event_kind_check;
alter table lab_qc_event add constraint lab_qc_event_kind_check
  check (kind in ('calibration', 'reagent-lot', 'control-lot', 'maintenance', 'repair', 'note'));
