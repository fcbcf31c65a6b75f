import { sql } from 'kysely';
import type { Queryable } from '../../core/database.ts';
import { totalRows, withTotal } from '../withTotal.ts';

/** Codes of analyzers with the test each means, the rule that converts its unit, who entered it, and how many values wait. */
export async function listMappings(
  db: Queryable,
  query: { instrumentId?: string | undefined; testCode?: string | undefined; limit: number },
) {
  const rows = await db
    .selectFrom('labInstrumentTest as m')
    .innerJoin('labInstrument as i', 'i.id', 'm.instrumentId')
    .innerJoin('labTest as t', 't.code', 'm.testCode')
    .leftJoin('staff as s', 's.id', 'm.mappedBy')
    .select([
      sql<string>`m.instrument_id || ' ' || m.instrument_code`.as('id'),
      'm.instrumentId',
      'i.name as instrument',
      'i.bench',
      'm.instrumentCode',
      'm.testCode',
      't.name as testName',
      't.nameEn as testNameEn',
      't.unit as testUnit',
      'm.fromUnit',
      'm.factor',
      'm.unitAssumed',
      'm.mappedAt',
      's.name as mappedBy',
      sql<number>`(select count(*)::int from lab_instrument_result r where r.instrument_id = m.instrument_id
        and r.instrument_code = m.instrument_code and r.state in ('unmatched', 'unknown-code', 'held'))`.as(
        'waiting',
      ),
      totalRows.as('total'),
    ])
    .$if(query.instrumentId !== undefined, (qb) => qb.where('m.instrumentId', '=', query.instrumentId ?? ''))
    .$if(query.testCode !== undefined, (qb) => qb.where('m.testCode', '=', query.testCode ?? ''))
    .orderBy('i.code')
    .orderBy('m.instrumentCode')
    .limit(query.limit)
    .execute();
  return withTotal(rows);
}
