-- Whether reports of a centre may be signed on a phone. Null: as usual for its kind (ECG yes, the others no).
alter table center add column phone_signing boolean;
