import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { invalid } from '../../core/errors.ts';
import { centerOf } from '../access.ts';

export const saveCenterSettingInput = z.object({
  /** Code of a calendar of the county; absent = open all day, every day. */
  calendar: z.string().max(60).optional(),
  urgentMinutes: z.number().int().min(1).max(100_000),
  routineMinutes: z.number().int().min(1).max(100_000),
  overdueDays: z.number().int().min(1).max(365),
});

/** The centre's hours and promises; packs collected from now on are due by them. */
export async function saveCenterSetting(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof saveCenterSettingInput>,
) {
  const centerId = await centerOf(ctx.db, actor, 'catalogue');
  return ctx.db.transaction().execute(async (trx) => {
    const calendar = input.calendar
      ? await trx
          .selectFrom('turnaroundCalendar')
          .select('id')
          .where('code', '=', input.calendar)
          .executeTakeFirst()
      : undefined;
    if (input.calendar && !calendar)
      throw invalid('unknown calendar', [{ path: 'calendar', code: 'unknown-calendar' }]);
    const values = {
      calendarId: calendar?.id ?? null,
      urgentMinutes: input.urgentMinutes,
      routineMinutes: input.routineMinutes,
      overdueDays: input.overdueDays,
      updatedAt: ctx.clock.now(),
      updatedBy: personId(actor),
    };
    await trx
      .insertInto('cssdCenterSetting')
      .values({ centerId, ...values })
      .onConflict((oc) => oc.column('centerId').doUpdateSet(values))
      .execute();
    await recordAudit(trx, actor, {
      action: 'sterilization.center-setting',
      subjectType: 'cssd-center',
      subjectId: centerId,
      detail: { ...input },
    });
    return { centerId };
  });
}
