-- Units are changed by rules of persons only: such a rule names the unit it converts from and a factor above zero, and may
-- say that values without a unit are in that unit. A converted result keeps what the analyzer said.
update lab_instrument_test set from_unit = null where factor <= 0 or btrim(from_unit) = '';
update lab_instrument_test set factor = 1 where from_unit is null;
alter table lab_instrument_test drop constraint lab_instrument_test_factor_check;
alter table lab_instrument_test
  add column unit_assumed boolean not null default false,
  add column mapped_at timestamptz,
  add constraint lab_instrument_test_factor check (factor > 0),
  add constraint lab_instrument_test_rule check (case when from_unit is null then factor = 1 and not unit_assumed else btrim(from_unit) <> '' end);

-- {"value": "93.6", "unit": "mg/dL", "factor": 0.0555}
alter table lab_result add column conversion jsonb;

alter table lab_instrument add column name_en text not null default '';
