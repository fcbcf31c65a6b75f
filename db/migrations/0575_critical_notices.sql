-- A withdrawn or acknowledged critical value finds the notices that were sent about it.
create index notification_critical on notification (order_id) where kind = 'critical';
