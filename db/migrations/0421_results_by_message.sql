-- Which values a message brought: it is held no longer when none of them waits.
create index lab_instrument_result_message on lab_instrument_result (message_id) where message_id is not null;
