import { sql } from 'kysely';
import type { Indicator } from '../core/quality/indicator/indicator.ts';

const COUNTY = sql`(select m.institution_id from cssd_machine m where m.id = l.machine_id)`;

/** Sterile supply: loads and their biological indicators (WS 310.3; formulae P). */
export const sterilizationIndicators: readonly Indicator[] = [
  {
    code: 'cssd-load-passed',
    version: 1,
    name: '灭菌锅次合格率',
    nameEn: 'Loads released',
    center: 'sterilization',
    better: 'up',
    target: 0.99,
    mark: 'P',
    formula: '放行的生产锅次 ÷ 同期结束且已判定的生产锅次',
    formulaEn: 'production loads released \u00f7 production loads that ended and were judged',
    cases: (span) =>
      sql`select null::uuid as order_id, ${COUNTY} as institution_id, l.ended_at as at, l.state = 'released' as met from cssd_load l where l.purpose = 'production' and l.state in ('released', 'failed', 'recalled') and l.ended_at >= ${span.from} and l.ended_at < ${span.to}`,
    changed: () => sql`select ended_at from cssd_load where ended_at > now() - interval '14 days'`,
  },
  {
    code: 'cssd-biological',
    version: 1,
    name: '生物监测合格率',
    nameEn: 'Biological indicators passed',
    center: 'sterilization',
    better: 'up',
    target: 1,
    mark: 'L',
    formula: '合格的生物监测 ÷ 同期已判读的生物监测',
    formulaEn: 'biological indicators that passed \u00f7 biological indicators read',
    cases: (span) =>
      sql`select null::uuid as order_id, ${COUNTY} as institution_id, x.read_at as at, x.outcome = 'pass' as met from cssd_indicator x join cssd_load l on l.id = x.load_id where x.kind = 'biological' and x.outcome <> 'pending' and x.read_at >= ${span.from} and x.read_at < ${span.to}`,
    changed: (since) => sql`select read_at from cssd_indicator where read_at >= ${since}`,
  },
];
