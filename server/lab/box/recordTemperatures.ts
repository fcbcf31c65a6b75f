import { can, requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { invalid } from '../../core/errors.ts';
import { announce } from '../../core/events/announce.ts';
import { boxByCode } from './box.ts';

/** Adds readings of the box's logger. A reading outside the limits is announced to both ends at once. */
export async function recordTemperatures(
  ctx: Context,
  actor: Actor,
  code: string,
  readings: { at: string; celsius: number; source?: string | undefined }[],
): Promise<{ stored: number; outside: number }> {
  requirePermission(actor, can(actor, 'specimen.transport') ? 'specimen.transport' : 'specimen.receive');
  return ctx.db.transaction().execute(async (trx) => {
    const box = await boxByCode(trx, code, ['open', 'sealed', 'in-transit', 'arrived']);
    const now = ctx.clock.now().getTime();
    if (readings.some((one) => Date.parse(one.at) > now + 120_000))
      throw invalid('a reading lies in the future', [{ path: 'readings', code: 'future' }]);
    const rows = readings.map((one) => ({
      boxId: box.id,
      at: new Date(one.at),
      celsius: one.celsius,
      source: one.source ?? 'logger',
    }));
    await trx
      .insertInto('labBoxTemperature')
      .values(rows)
      .onConflict((oc) => oc.doNothing())
      .execute();
    const outside = rows.filter((row) => row.celsius < box.minCelsius || row.celsius > box.maxCelsius);
    if (outside.length > 0)
      await announce(trx, {
        kind: 'lab.box-temperature',
        centerKind: 'lab',
        institutionIds: [box.fromInstitutionId],
        reportingInstitutionId: box.toInstitutionId,
        data: { box: box.code, celsius: outside[0]?.celsius },
      });
    return { stored: rows.length, outside: outside.length };
  });
}
