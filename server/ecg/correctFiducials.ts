import { recordAudit } from '../core/audit/recordAudit.ts';
import { personId, requirePermission, type Actor } from '../core/access/actor.ts';
import type { Context } from '../core/context.ts';
import { conflict, invalid } from '../core/errors.ts';
import { measureIntervals, measureLeads } from './analysis/intervals.ts';
import type { Beat, Fiducials, LeadMeasurement, Measurements } from './analysis/types.ts';
import { getVisibleRecording, latestAnalysis } from './queries.ts';

export interface StoredMedianBeat {
  samplingRateHz: number;
  beatsUsed: number;
  fiducials: Fiducials;
  leads: { name: string; microvolts: number[] }[];
}

/** A person moves marks of the median beat; the values are computed anew from them and kept beside the automatic ones. */
export async function correctFiducials(
  ctx: Context,
  actor: Actor,
  recordingId: string,
  input: { fiducials: Fiducials; note?: string | undefined },
): Promise<{ id: string; measurements: Measurements; leads: LeadMeasurement[] }> {
  requirePermission(actor, 'report.write', { centerKind: 'ecg' });
  const staffId = personId(actor);
  await getVisibleRecording(ctx.db, actor, recordingId);
  const analysis = await latestAnalysis(ctx.db, recordingId);
  const stored = analysis?.medianBeat as unknown as StoredMedianBeat | null | undefined;
  if (!analysis || !stored) throw conflict('not-measured', 'this recording has no median beat to correct');
  const f = input.fiducials;
  const length = ((stored.leads[0]?.microvolts.length ?? 0) / stored.samplingRateHz) * 1000;
  const marks = [f.pOnMs, f.pOffMs, f.qrsOnMs, f.qrsOffMs, f.tOffMs].filter(
    (mark): mark is number => mark !== undefined,
  );
  const ordered = marks.every(
    (mark, i) => mark >= 0 && mark <= length && (i === 0 || mark > (marks[i - 1] as number)),
  );
  if (!ordered || (f.pOnMs === undefined) !== (f.pOffMs === undefined))
    throw invalid('the marks must follow each other inside the beat: P on, P off, QRS on, QRS off, T off', [
      { path: 'fiducials', code: 'fiducial-order' },
    ]);
  const beat = {
    ...stored,
    fiducials: f,
    leads: stored.leads.map((lead) => ({ name: lead.name, microvolts: Float64Array.from(lead.microvolts) })),
  };
  const measurements = measureIntervals(analysis.beats as unknown as Beat[], beat);
  const leads = measureLeads(beat);
  const id = await ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .insertInto('ecgCorrection')
      .values({
        recordingId,
        fiducials: JSON.stringify(f),
        measurements: JSON.stringify(measurements),
        note: input.note ?? null,
        correctedBy: staffId,
        correctedAt: ctx.clock.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await recordAudit(trx, actor, {
      action: 'ecg.correct',
      subjectType: 'ecg-recording',
      subjectId: recordingId,
      detail: { fiducials: f },
    });
    return row.id;
  });
  return { id, measurements, leads };
}
