-- Links are looked for from either side, at every order.
create index patient_link_other on patient_link (other_patient_id);
