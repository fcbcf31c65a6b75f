import { sql, type RawBuilder } from 'kysely';

/** What a kind of case weighs against a plain radiograph or ECG; proposals of the hub (P), settable as `work.weights`. */
const DEFAULT_WEIGHTS: Record<string, number> = {
  xray: 1,
  ct: 2.5,
  mr: 3,
  us: 1.5,
  ultrasound: 1.5,
  ecg: 0.5,
  holter: 4,
  histology: 3,
  'small-biopsy': 2,
  cytology: 1,
  frozen: 2,
};

/** The weights as a table `weights` of a query. */
export const WEIGHTS = sql`weights as (select key as item_class, value::float as weight from jsonb_each_text(coalesce((select value from setting where key = 'work.weights'), ${JSON.stringify(DEFAULT_WEIGHTS)}::jsonb)))`;

/** What an order weighs: by its class, else by its modality (CT and MR are one class of promises), else as a plain case. */
export const weightOf = (alias: string): RawBuilder<number> => {
  const column = (name: string) => sql.raw(`${alias}.${name}`);
  return sql`coalesce((select weight from weights where item_class = ${column('item_class')}), (select weight from weights where item_class = lower(${column('modality')})), 1)`;
};
