import { sql } from 'kysely';
import type { Queryable } from '../../core/database.ts';
import { meanAndSd, sigmaMetric } from '../rules/westgard.ts';
import type { QcHold } from './qcState.ts';

interface Level {
  parallel: boolean;
  last: { at: string; verdict: string; action: string | null } | null;
}

/** Every controlled analyzer × test with the last run of each level and whether results are held now. */
export async function qcOverview(db: Queryable, now: Date) {
  const { rows } = await sql<{
    instrumentId: string;
    instrument: string;
    bench: string;
    testCode: string;
    testName: string;
    levels: Level[];
    validHours: number;
    rejected: number;
  }>`
    select coalesce((select valid_hours from lab_qc_plan p where p.test_code = t.test_code), 24) as valid_hours, t.instrument_id, i.name as instrument, i.bench, t.test_code, k.name as test_name,
      json_agg(json_build_object('targetId', t.id, 'level', m.level, 'lot', m.lot, 'expiresOn', m.expires_on, 'mode', t.mode, 'parallel', t.parallel, 'mean', t.mean, 'sd', t.sd, 'last',
        (select json_build_object('id', r.id, 'at', r.at, 'value', r.value, 'z', r.z, 'verdict', r.verdict, 'violations', r.violations, 'action', r.action) from lab_qc_run r where r.target_id = t.id and not r.excluded order by r.at desc limit 1)) order by m.level, t.parallel, m.lot) as levels,
      (select count(*)::int from lab_qc_run r join lab_qc_target x on x.id = r.target_id where x.instrument_id = t.instrument_id and x.test_code = t.test_code and r.verdict = 'rejected' and r.action is null and not r.excluded and x.active and not x.parallel) as rejected
    from lab_qc_target t join lab_qc_material m on m.id = t.material_id join lab_instrument i on i.id = t.instrument_id join lab_test k on k.code = t.test_code
    where t.active and m.active group by t.instrument_id, i.id, t.test_code, k.code order by i.bench, i.name, k.print_order`.execute(
    db,
  );
  return {
    items: rows.map((row) => ({ ...row, hold: holdOf(row.levels, row.validHours, now) })),
    nextCursor: null,
  };
}

/** The same judgement as `qcHold`, on rows already read. */
function holdOf(all: readonly Level[], validHours: number, now: Date): QcHold | null {
  const levels = all.filter((level) => !level.parallel);
  if (levels.some(({ last }) => last?.verdict === 'rejected' && last.action === null)) return 'qc-rejected';
  if (levels.some(({ last }) => last && now.getTime() - Date.parse(last.at) > validHours * 3_600_000))
    return 'qc-expired';
  return levels.some(({ last }) => last === null) ? 'qc-missing' : null;
}

/** Points of a Levey–Jennings chart with what happened to the analyzer meanwhile. */
export async function leveyJennings(
  db: Queryable,
  query: { instrumentId: string; testCode: string; days: number },
  now: Date,
) {
  const from = new Date(now.getTime() - query.days * 86_400_000);
  const runs = await db
    .selectFrom('labQcRun as r')
    .innerJoin('labQcTarget as t', 't.id', 'r.targetId')
    .innerJoin('labQcMaterial as m', 'm.id', 't.materialId')
    .leftJoin('staff as s', 's.id', 'r.actionBy')
    .select([
      'r.id',
      'r.targetId',
      'r.at',
      'r.value',
      'r.mean',
      'r.sd',
      'r.z',
      'r.verdict',
      'r.violations',
      'r.source',
      'r.operatorName',
      'r.reagentLot',
      'r.excluded',
      'r.action',
      'r.actionCause',
      'r.actionAt',
      's.name as actionBy',
      'm.level',
      'm.lot',
    ])
    .where('t.instrumentId', '=', query.instrumentId)
    .where('t.testCode', '=', query.testCode)
    .where('r.at', '>=', from)
    .orderBy('r.at')
    .limit(3000)
    .execute();
  const events = await db
    .selectFrom('labQcEvent')
    .selectAll()
    .where('instrumentId', '=', query.instrumentId)
    .where((eb) => eb.or([eb('testCode', 'is', null), eb('testCode', '=', query.testCode)]))
    .where('at', '>=', from)
    .orderBy('at')
    .execute();
  const test = await db
    .selectFrom('labTest')
    .select(['name', 'unit', 'decimals'])
    .where('code', '=', query.testCode)
    .executeTakeFirst();
  return { test, runs: withProvisional(runs), events };
}

/** Runs of a target that had no limits yet get their place by the mean and SD of those runs, once there are three. */
function withProvisional<T extends { targetId: string; value: number; z: number | null }>(
  runs: readonly T[],
): (T & { provisionalZ: number | null })[] {
  const collected = new Map<string, number[]>();
  for (const run of runs)
    if (run.z === null) collected.set(run.targetId, [...(collected.get(run.targetId) ?? []), run.value]);
  return runs.map((run) => {
    const values = run.z === null ? (collected.get(run.targetId) ?? []) : [];
    const own = values.length >= 3 ? meanAndSd(values) : undefined;
    return { ...run, provisionalZ: own && own.sd > 0 ? (run.value - own.mean) / own.sd : null };
  });
}

interface SummaryRow {
  instrument: string;
  testCode: string;
  testName: string;
  level: number;
  lot: string;
  n: number;
  mean: number;
  sd: number | null;
  targetMean: number | null;
  targetSd: number | null;
  warnings: number;
  rejected: number;
  teaPercent: number | null;
  cvLimitPercent: number | null;
}

/** A month of control by analyzer, test and level: imprecision, bias, sigma, and whether the CV keeps its limit. */
export async function monthlySummary(db: Queryable, month: string) {
  const { rows } = await sql<SummaryRow>`
    select i.name as instrument, t.test_code, k.name as test_name, m.level, m.lot, count(*)::int as n, avg(r.value)::float8 as mean, stddev_samp(r.value)::float8 as sd,
      t.mean::float8 as target_mean, t.sd::float8 as target_sd, (count(*) filter (where r.verdict = 'warning'))::int as warnings, (count(*) filter (where r.verdict = 'rejected'))::int as rejected,
      k.tea_percent::float8 as tea_percent, k.cv_limit_percent::float8 as cv_limit_percent
    from lab_qc_run r join lab_qc_target t on t.id = r.target_id join lab_qc_material m on m.id = t.material_id join lab_instrument i on i.id = t.instrument_id join lab_test k on k.code = t.test_code
    where r.at >= (${`${month}-01`}::timestamp at time zone 'Asia/Shanghai') and r.at < ((${`${month}-01`}::timestamp + interval '1 month') at time zone 'Asia/Shanghai') and not (r.excluded and r.verdict <> 'rejected')
    group by i.id, t.id, k.code, m.id order by i.name, k.print_order, m.level`.execute(db);
  return {
    items: rows.map((row) => {
      const cvPercent = row.sd !== null && row.mean !== 0 ? (row.sd / row.mean) * 100 : null;
      const biasPercent = row.targetMean ? ((row.mean - row.targetMean) / row.targetMean) * 100 : null;
      const sigma =
        row.teaPercent !== null && biasPercent !== null && cvPercent !== null
          ? sigmaMetric(row.teaPercent, biasPercent, cvPercent)
          : undefined;
      return {
        ...row,
        cvPercent,
        biasPercent,
        sigma: sigma ?? null,
        cvOut: row.cvLimitPercent !== null && cvPercent !== null && cvPercent > row.cvLimitPercent,
      };
    }),
    nextCursor: null,
  };
}
