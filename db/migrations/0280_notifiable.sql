-- Notifiable diseases 法定传染病: rules on conclusions and results draft a card for the site's doctor, who reports or dismisses it.
create table notifiable_rule (
  code text primary key,
  disease text not null,
  disease_en text not null,
  class text not null check (class in ('A', 'B', 'C')),
  due_hours integer not null check (due_hours between 1 and 168),
  -- any of these in a clause of the conclusion, unless the clause denies it
  words text[] not null default '{}',
  -- or one of these tests with one of these results
  test_codes text[] not null default '{}',
  test_values text[] not null default '{}',
  active boolean not null default true,
  check (words <> '{}' or (test_codes <> '{}' and test_values <> '{}'))
);

create table notifiable_card (
  id uuid primary key default uuidv7(),
  rule_code text not null references notifiable_rule (code),
  order_id uuid not null references orders (id),
  patient_id uuid not null references patient (id),
  -- who has to report: the site that treats the patient
  institution_id uuid not null references institution (id),
  signed_report_id uuid not null references signed_report (id),
  evidence text not null,
  found_at timestamptz not null,
  due_at timestamptz not null check (due_at > found_at),
  state text not null default 'draft' check (state in ('draft', 'reported', 'dismissed', 'withdrawn')),
  answered_at timestamptz,
  answered_by uuid references staff (id),
  card_number text,
  reason text,
  unique (order_id, rule_code),
  check ((state = 'draft') = (answered_at is null)),
  check (state <> 'reported' or (card_number is not null and answered_by is not null)),
  check (state not in ('dismissed', 'withdrawn') or reason is not null)
);
create index notifiable_card_open on notifiable_card (due_at, id) where state = 'draft';
create index notifiable_card_site on notifiable_card (institution_id, due_at, id);
create index notifiable_card_found on notifiable_card (found_at desc, id desc);

-- Times of 传染病信息报告管理规范: two hours for class A and those managed like it, else 24. A person confirms them before use.
insert into notifiable_rule (code, disease, disease_en, class, due_hours, words, test_codes, test_values) values
  ('plague', '鼠疫', 'Plague', 'A', 2, '{鼠疫}', '{}', '{}'),
  ('cholera', '霍乱', 'Cholera', 'A', 2, '{霍乱}', '{}', '{}'),
  ('pulmonary-tb', '肺结核', 'Pulmonary tuberculosis', 'B', 24, '{肺结核,继发性结核,粟粒性结核,结核性胸膜炎}', '{}', '{}'),
  ('hepatitis-b', '乙型病毒性肝炎', 'Hepatitis B', 'B', 24, '{}', '{HBSAG}', '{阳性,反应性,positive}'),
  ('hepatitis-c', '丙型病毒性肝炎', 'Hepatitis C', 'B', 24, '{}', '{HCV,ANTI-HCV,HCVAB}', '{阳性,反应性,positive}'),
  ('hiv', '艾滋病病毒感染(初筛反应,待确证)', 'HIV (screening reactive, to be confirmed)', 'B', 24, '{}', '{HIV,HIVAB,ANTI-HIV}', '{待复检,待确证,反应性}'),
  ('syphilis', '梅毒', 'Syphilis', 'B', 24, '{}', '{TPPA,TPAB}', '{阳性,反应性,positive}'),
  ('measles', '麻疹', 'Measles', 'B', 24, '{麻疹}', '{}', '{}'),
  ('echinococcosis', '包虫病', 'Echinococcosis', 'C', 24, '{包虫病,棘球蚴病}', '{}', '{}');
