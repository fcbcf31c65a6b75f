-- Who read a stain; what the draft said when an opinion was given, and who spoke for another hospital.
alter table pathology_stain_order add column read_by uuid references staff (id);
alter table pathology_opinion add column diagnosis text, add column outside_expert text;
