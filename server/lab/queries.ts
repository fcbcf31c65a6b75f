import { sql } from 'kysely';
import type { Queryable } from '../core/database.ts';
import type { ReferenceRange } from './rules/referenceRange.ts';

export interface TestRow {
  code: string;
  name: string;
  nameEn: string;
  resultKind: string;
  specimenType: string;
  formula: string | null;
  choices: string[];
  abnormalChoices: string[];
  unit: string | null;
  loinc: string | null;
  method: string | null;
  decimals: number;
  measuringLow: number | null;
  measuringHigh: number | null;
  deltaPercent: number | null;
  deltaHours: number | null;
  sensitive: boolean;
  reactiveText: string | null;
  printOrder: number;
}

/** Definition of tests by code. */
export async function loadTests(db: Queryable, codes: readonly string[]): Promise<Map<string, TestRow>> {
  if (codes.length === 0) return new Map();
  const rows = await db
    .selectFrom('labTest')
    .select([
      'code',
      'name',
      'nameEn',
      'resultKind',
      'specimenType',
      'formula',
      'choices',
      'abnormalChoices',
      'unit',
      'loinc',
      'method',
      'decimals',
      'measuringLow',
      'measuringHigh',
      'deltaPercent',
      'deltaHours',
      'sensitive',
      'reactiveText',
      'printOrder',
    ])
    .where('code', 'in', [...codes])
    .execute();
  return new Map(rows.map((row) => [row.code, row]));
}

export function loadRanges(db: Queryable, testCode: string): Promise<ReferenceRange[]> {
  return db.selectFrom('labReferenceRange').selectAll().where('testCode', '=', testCode).execute();
}

/** China's calendar day of an instant. */
export const chinaDay = (at: Date): string =>
  new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);

export interface PreviousResult {
  value: number | null;
  text: string | null;
  at: Date;
  source: 'hub' | 'external';
}

/** The patient's last released value of a test before a moment, in the hub or signed elsewhere. */
export async function previousResult(
  db: Queryable,
  patientId: string,
  testCode: string,
  before: Date,
  exceptOrderId: string,
): Promise<PreviousResult | undefined> {
  const { rows } = await sql<{
    value: number | null;
    text: string | null;
    at: Date;
    source: 'hub' | 'external';
  }>`
    select value, text, at, source from (
      select r.value_number as value, r.value_text as text, coalesce(c.collected_at, r.measured_at, r.entered_at) as at, 'hub' as source
      from lab_result r left join lab_container c on c.id = r.container_id
      where r.patient_id = ${patientId} and r.test_code = ${testCode} and r.current and r.state = 'released' and r.order_id <> ${exceptOrderId}
      union all
      select case when o ->> 'value' ~ '^[0-9]+([.][0-9]+)?$' then (o ->> 'value')::numeric end, o ->> 'value', coalesce(e.examined_at, e.reported_at), 'external'
      from external_result e cross join jsonb_array_elements(e.observations) o
      where e.patient_id = ${patientId} and e.center_kind = 'lab' and e.replaced_by is null and e.status <> 'void' and o ->> 'code' = ${testCode}
    ) earlier where at is not null and at < ${before} order by at desc limit 1`.execute(db);
  return rows[0];
}
