-- In a sampling review the input (image, trace, specimen) is graded too: 甲 good, 乙 and 丙 with what is at fault.
alter table review_reading add column input_grade text check (input_grade in ('A', 'B', 'C')), add column input_faults text[] not null default '{}',
  add check (input_grade is null or input_grade = 'A' or cardinality(input_faults) > 0);
alter table quality_review add column input_grade text check (input_grade in ('A', 'B', 'C')), add column input_faults text[] not null default '{}';
create index quality_review_input on quality_review (decided_at) where input_grade is not null;
