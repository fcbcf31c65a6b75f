-- Why a value of an analyzer waits: a code with its values, which a page says in the reader's language. `reason` stays the
-- sentence for other systems and for rows that were kept before.
alter table lab_instrument_result add column reason_code text;
alter table lab_instrument_result add column reason_params jsonb;
