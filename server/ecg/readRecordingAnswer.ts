import { recordAudit } from '../core/audit/recordAudit.ts';
import type { Actor } from '../core/access/actor.ts';
import type { Context } from '../core/context.ts';
import { microvolts } from './formats/model.ts';
import type { RecordingHeader } from './describeRecording.ts';
import { loadRecording } from './loadSamples.ts';
import { correctionsOf, flagsOf, getVisibleRecording, latestAnalysis } from './queries.ts';

/** Samples stand in the answer up to this length; longer ones are fetched as int16. */
const samplesUpToMs = 60_000;

/**
 * One recording with what the machine measured, what the hub measured, corrections and flags. Reading is audited.
 * `measurements` are the values that count now: corrected over our own; the machine's stand apart.
 */
export async function describeOne(ctx: Context, actor: Actor, id: string, withSamples: boolean) {
  const row = await getVisibleRecording(ctx.db, actor, id);
  const [analysis, corrections, flags, orders] = await Promise.all([
    latestAnalysis(ctx.db, id),
    correctionsOf(ctx.db, id),
    flagsOf(ctx.db, id),
    ctx.db
      .selectFrom('ecgRecordingOrder')
      .innerJoin('orders', 'orders.id', 'ecgRecordingOrder.orderId')
      .select([
        'orders.id',
        'orders.accessionNumber',
        'orders.status',
        'how',
        'differences',
        'orders.patientId',
      ])
      .where('recordingId', '=', id)
      .where('undoneAt', 'is', null)
      .execute(),
  ]);
  await recordAudit(ctx.db, actor, {
    action: 'ecg.read',
    subjectType: 'ecg-recording',
    subjectId: id,
    patientId: orders[0]?.patientId ?? null,
  });
  const header = row.header as unknown as RecordingHeader;
  const own = (analysis?.measurements ?? {}) as Record<string, unknown>;
  const corrected = corrections[0]?.measurements as Record<string, unknown> | undefined;
  const includeSamples = withSamples && row.durationMs <= samplesUpToMs;
  const decoded = includeSamples ? await loadRecording(ctx, id) : undefined;
  return {
    id: row.id,
    format: row.format,
    formatVersion: row.formatVersion,
    sha256: row.sha256,
    source: row.source,
    synthetic: row.synthetic,
    receivedAt: row.receivedAt,
    acquiredAt: row.acquiredDeviceText,
    acquiredAtCorrected: row.acquiredAt,
    samplingRateHz: row.samplingRateHz,
    sampleCount: row.sampleCount,
    durationMs: row.durationMs,
    patient: {
      name: row.patientName,
      sex: row.patientSex,
      birthDate: row.patientBirthDate,
      ageYears: row.patientAgeYears,
    },
    device: header.device,
    filters: header.filters,
    bitsPerSample: header.bitsPerSample ?? null,
    notes: header.notes,
    picture: header.picture ?? null,
    leads: header.leads.map((lead) => {
      const samples = decoded?.leads.find((entry) => entry.name === lead.name);
      return { ...lead, ...(samples && { microvolts: Array.from(microvolts(samples)) }) };
    }),
    label: '自动测量,供参考',
    measurements: { ...own, ...corrected },
    automatic: analysis && {
      method: analysis.method,
      at: analysis.computedAt,
      measurements: own,
      leads: analysis.leads,
      beats: analysis.beats,
      medianBeat: analysis.medianBeat,
      quality: analysis.quality,
      longStrip: analysis.longStrip,
    },
    machine: { measurements: header.machineMeasurements, statements: header.machineStatements },
    corrections,
    flags: flags.map(({ details, ...flag }) => ({ ...flag, values: details })),
    orders,
  };
}
