-- The message browser: by control id in both directions, and by patient.
create index hl7_message_control_id on hl7_message (control_id);
create index hl7_message_patient on hl7_message (patient_id, id desc) where patient_id is not null;
