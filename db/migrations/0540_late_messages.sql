-- The offset of a device's clock is judged from the messages of the last days.
create index performed_step_device on performed_step (device_id, created_at);

-- An order is critical while a critical value of it stands; a significant finding is none.
update orders set critical = false
where critical and not exists (
  select from critical_value v where v.order_id = orders.id and v.tier = 'critical' and v.state <> 'withdrawn');
