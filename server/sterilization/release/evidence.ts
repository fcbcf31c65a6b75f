import type { Selectable } from 'kysely';
import type { CssdCycle, CssdIndicator, CssdLoad } from '../../../db/types.ts';
import type { Queryable } from '../../core/database.ts';
import { notFound } from '../../core/errors.ts';
import type { Machine, Programme } from '../machines.ts';

export interface Evidence {
  load: Selectable<CssdLoad>;
  machine: Machine;
  programme: Programme;
  cycle: Selectable<CssdCycle> | undefined;
  indicators: Selectable<CssdIndicator>[];
  /** The load's own (not a single pack's) reading that counts: a failed one first, then passed, then pending. */
  outer: Selectable<CssdIndicator> | undefined;
  biological: Selectable<CssdIndicator> | undefined;
  class5: Selectable<CssdIndicator> | undefined;
  /** Kinds among class-5 and biological that failed. */
  failed: string[];
}

/** Everything a release is judged by. */
export async function gatherEvidence(db: Queryable, loadId: string): Promise<Evidence> {
  const load = await db.selectFrom('cssdLoad').selectAll().where('id', '=', loadId).executeTakeFirst();
  if (!load) throw notFound('load', loadId);
  const machine = await db
    .selectFrom('cssdMachine')
    .selectAll()
    .where('id', '=', load.machineId)
    .executeTakeFirstOrThrow();
  const programme = await db
    .selectFrom('cssdProgramme')
    .selectAll()
    .where('id', '=', load.programmeId)
    .executeTakeFirstOrThrow();
  const cycle = await db.selectFrom('cssdCycle').selectAll().where('loadId', '=', loadId).executeTakeFirst();
  const indicators = await db
    .selectFrom('cssdIndicator')
    .selectAll()
    .where('loadId', '=', loadId)
    .orderBy('placedAt')
    .orderBy('id')
    .execute();
  const rank = ['fail', 'pass', 'pending'];
  const of = (kind: string) =>
    indicators
      .filter((one) => one.kind === kind && one.packId === null)
      .sort((a, b) => rank.indexOf(a.outcome) - rank.indexOf(b.outcome))[0];
  return {
    load,
    machine,
    programme,
    cycle,
    indicators,
    outer: of('outer-chemical'),
    biological: of('biological'),
    class5: of('class-5'),
    failed: [
      ...new Set(
        indicators
          .filter((one) => one.outcome === 'fail' && (one.kind === 'class-5' || one.kind === 'biological'))
          .map((one) => one.kind),
      ),
    ],
  };
}
