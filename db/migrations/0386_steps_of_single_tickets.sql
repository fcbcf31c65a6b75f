-- Tickets of single cases stood without a step and a due time, so supervision never took them further.
update ticket set step = 1, due_at = now() + interval '1 day' where step = 0 and due_at is null and state in ('open', 'reopened');
