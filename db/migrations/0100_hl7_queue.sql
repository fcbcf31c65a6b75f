-- The way of a message into the record costs as few index entries as can be: a burst is acknowledged at the speed of
-- the disk, and what is searched for later is indexed when it is known.

-- What waits, oldest first: the queue reads a window of it and keeps order per key.
create index hl7_message_queue on hl7_message (id) where direction = 'in' and state = 'received';

-- Time spans are read along with ids, which grow with time: a range index of a few pages is enough.
drop index hl7_message_recent;
create index hl7_message_received on hl7_message using brin (received_at);

-- Numbers are known after processing; a message without any has no entry.
drop index hl7_message_placer;
drop index hl7_message_accession;
create index hl7_message_placer on hl7_message using gin (placer_numbers) where placer_numbers <> '{}';
create index hl7_message_accession on hl7_message using gin (accession_numbers) where accession_numbers <> '{}';

-- States that a person looks for; `received` has the queue's own index.
drop index hl7_message_state;
create index hl7_message_state on hl7_message (state, id desc) where state not in ('accepted', 'acknowledged', 'received');
