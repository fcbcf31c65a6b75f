-- Reports that nobody read become one ticket per site and month.
insert into ticket_rule (code, name, name_en, settings) values ('unread-cluster', '未阅读聚集', 'Unread reports', '{"count": 3}');
create index ticket_unread on ticket (institution_id, created_at) where kind = 'unread' and state <> 'closed';
