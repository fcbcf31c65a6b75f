import type { Queryable } from '../../core/database.ts';
import { DEFAULT_PLAN } from '../rules/westgard.ts';
import { totalRows, withTotal } from '../withTotal.ts';

/** Control materials, targets and plans: what the page of settings shows. */
export async function listQcSetup(db: Queryable) {
  const materials = await db
    .selectFrom('labQcMaterial')
    .selectAll()
    .orderBy('active', 'desc')
    .orderBy('name')
    .orderBy('level')
    .limit(200)
    .execute();
  const targets = await db
    .selectFrom('labQcTarget as t')
    .innerJoin('labQcMaterial as m', 'm.id', 't.materialId')
    .innerJoin('labTest as k', 'k.code', 't.testCode')
    .innerJoin('labInstrument as i', 'i.id', 't.instrumentId')
    .selectAll('t')
    .select([
      'm.name as material',
      'm.level',
      'm.lot',
      'k.name as testName',
      'k.unit',
      'i.name as instrument',
    ])
    .orderBy('i.name')
    .orderBy('k.printOrder')
    .orderBy('m.level')
    .limit(1000)
    .execute();
  const plans = await db
    .selectFrom('labQcPlan')
    .select(['testCode', 'rules', 'validHours', 'levels', 'updatedAt'])
    .execute();
  return { materials, targets, plans, defaultRules: DEFAULT_PLAN };
}

/** Rejected runs with their corrective action, newest first; those nobody has signed stand on top. */
export async function listActions(db: Queryable, query: { open?: boolean | undefined; limit: number }) {
  const rows = await db
    .selectFrom('labQcRun as r')
    .innerJoin('labQcTarget as t', 't.id', 'r.targetId')
    .innerJoin('labQcMaterial as m', 'm.id', 't.materialId')
    .innerJoin('labTest as k', 'k.code', 't.testCode')
    .innerJoin('labInstrument as i', 'i.id', 't.instrumentId')
    .leftJoin('staff as s', 's.id', 'r.actionBy')
    .select([
      'r.id',
      'r.at',
      'r.value',
      'r.z',
      'r.violations',
      'r.operatorName',
      'r.action',
      'r.actionCause',
      'r.actionAt',
      'r.affected',
      's.name as actionBy',
      't.testCode',
      't.instrumentId',
      'm.level',
      'm.lot',
      'k.name as testName',
      'i.name as instrument',
    ])
    .select(totalRows.as('total'))
    .where('r.verdict', '=', 'rejected')
    .$if(query.open === true, (qb) => qb.where('r.actionAt', 'is', null))
    .orderBy((eb) => eb.case().when('r.actionAt', 'is', null).then(0).else(1).end())
    .orderBy('r.at', 'desc')
    .limit(query.limit)
    .execute();
  return withTotal(rows);
}
