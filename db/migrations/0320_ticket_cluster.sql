-- A ticket of a single case belongs to the cluster that explains it: the cluster is worked on, its cases close with it.
alter table ticket add column cluster_id uuid references ticket (id) check (cluster_id <> id);
create index ticket_cluster on ticket (cluster_id) where cluster_id is not null;
