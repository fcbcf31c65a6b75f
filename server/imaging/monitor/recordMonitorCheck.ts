import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { forbidden, invalid } from '../../core/errors.ts';

/** What the person saw on the test pattern; all must be true for a pass. */
export const MONITOR_QUESTIONS = [
  'dark',
  'bright',
  'steps',
  'lines',
  'letters',
  'geometry',
  'clean',
] as const;
export type MonitorQuestion = (typeof MONITOR_QUESTIONS)[number];

export interface MonitorCheckInput {
  workstation: string;
  display: string;
  screen: { widthPx: number; heightPx: number; pixelRatio: number; colorDepthBits: number };
  answers: Record<MonitorQuestion, boolean>;
  note: string;
}

/**
 * Records that a person looked at the test pattern on a reading workstation. One "no" is a failed check and needs a note
 * on what was seen and done. Throws 403 for who does not read images, 422 for a failure without a note.
 */
export async function recordMonitorCheck(
  ctx: Pick<Context, 'db' | 'clock'>,
  actor: Actor,
  input: MonitorCheckInput,
): Promise<{ id: string; passed: boolean }> {
  const checkedBy = personId(actor);
  const { institutionId } = actor;
  if (!institutionId) throw forbidden('a check belongs to an institution', 'needs-institution');
  requirePermission(actor, 'report.write', { institutionId, centerKind: 'imaging' });
  const passed = MONITOR_QUESTIONS.every((question) => input.answers[question]);
  if (!passed && input.note === '')
    throw invalid('a failed check needs a note: what was seen, what was done', [
      { path: 'note', code: 'required' },
    ]);
  return ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .insertInto('monitorCheck')
      .values({
        institutionId,
        workstation: input.workstation,
        display: input.display,
        screen: JSON.stringify(input.screen),
        answers: JSON.stringify(input.answers),
        passed,
        note: input.note,
        checkedBy,
        checkedAt: ctx.clock.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await recordAudit(trx, actor, {
      action: 'monitor.check',
      subjectType: 'monitor-check',
      subjectId: row.id,
      detail: { workstation: input.workstation, display: input.display, passed },
    });
    return { id: row.id, passed };
  });
}
