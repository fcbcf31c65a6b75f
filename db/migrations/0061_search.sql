-- Names are searched from their beginning (two hanzi make no trigram); three characters and more anywhere.
create index patient_name_prefix on patient (name text_pattern_ops);
create index patient_pinyin_prefix on patient (name_pinyin text_pattern_ops);
create index orders_accession_prefix on orders (accession_number text_pattern_ops);
