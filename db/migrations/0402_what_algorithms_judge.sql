-- What an algorithm's "positive" means decides what it is compared with: the signed conclusion, or the reader's image grade.
alter table algorithm add column judges text not null default 'disease' check (judges in ('disease', 'image'));
update algorithm set judges = 'image' where built_in = 'image-quality';
create index algorithm_result_time on algorithm_result (received_at);
