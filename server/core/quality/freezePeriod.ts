import { sql } from 'kysely';
import { personId, type Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { invalid } from '../errors.ts';
import { localDate } from '../turnaround/calendar.ts';
import { indicatorsOf } from './indicators.ts';

/** First and last day of `2026-10`, `2026-Q3` or `2026-H1`. */
export function daysOfPeriod(period: string): { first: string; last: string } {
  const parts = /^(\d{4})-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12]))$/.exec(period);
  if (!parts)
    throw invalid('a period is written 2026-10, 2026-Q3 or 2026-H1', [
      { path: 'period', code: 'period-form' },
    ]);
  const year = Number(parts[1]);
  const [startMonth, months] = parts[2]
    ? [Number(parts[2]), 1]
    : parts[3]
      ? [(Number(parts[3]) - 1) * 3 + 1, 3]
      : [(Number(parts[4]) - 1) * 6 + 1, 6];
  const first = new Date(Date.UTC(year, startMonth - 1, 1));
  const last = new Date(Date.UTC(year, startMonth - 1 + months, 0));
  return { first: first.toISOString().slice(0, 10), last: last.toISOString().slice(0, 10) };
}

/** Freezes the figures of a past period for bulletins; a frozen figure is never changed. Returns how many rows. */
export async function freezePeriod(
  ctx: Pick<Context, 'db' | 'clock' | 'centers'>,
  actor: Actor,
  period: string,
): Promise<number> {
  const { first, last } = daysOfPeriod(period);
  if (last >= localDate(ctx.clock.now()))
    throw invalid('only a period that has ended is frozen', [{ path: 'period', code: 'period-open' }]);
  return ctx.db.transaction().execute(async (trx) => {
    const versions = JSON.stringify(
      Object.fromEntries(indicatorsOf(ctx.centers).map((indicator) => [indicator.code, indicator.version])),
    );
    const { numAffectedRows } =
      await sql`insert into indicator_freeze (period, indicator, definition_version, institution_id, numerator, denominator, frozen_by)
      select ${period}, indicator, (${versions}::jsonb->>indicator)::int, institution_id, sum(numerator)::int, sum(denominator)::int, ${actor.kind === 'system' ? null : personId(actor)} from indicator_day
      where day between ${first}::date and ${last}::date group by indicator, institution_id on conflict (period, indicator, institution_id) do nothing`.execute(
        trx,
      );
    await recordAudit(trx, actor, {
      action: 'quality.freeze',
      subjectType: 'period',
      subjectId: period,
      detail: { rows: Number(numAffectedRows ?? 0n) },
    });
    return Number(numAffectedRows ?? 0n);
  });
}
