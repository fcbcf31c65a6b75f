import type { Transaction } from '../core/database.ts';
import type { Analysis } from './analysis/analyse.ts';

/** Adds a measuring; flags of an earlier measuring that nobody has decided give way, decided ones stay. */
export async function saveAnalysis(
  trx: Transaction,
  recordingId: string,
  analysis: Analysis,
  longStrip?: unknown,
): Promise<void> {
  const median = analysis.medianBeat && {
    samplingRateHz: analysis.medianBeat.samplingRateHz,
    beatsUsed: analysis.medianBeat.beatsUsed,
    fiducials: analysis.medianBeat.fiducials,
    leads: analysis.medianBeat.leads.map((lead) => ({
      name: lead.name,
      microvolts: Array.from(lead.microvolts, (value) => Math.round(value * 10) / 10),
    })),
  };
  await trx
    .insertInto('ecgAnalysis')
    .values({
      recordingId,
      method: analysis.version,
      measurements: JSON.stringify(analysis.measurements),
      leads: JSON.stringify(analysis.leads),
      quality: JSON.stringify(analysis.quality),
      beats: JSON.stringify(
        analysis.beats.map((beat) => ({
          ...beat,
          rrMs: Math.round(beat.rrMs),
          likeness: Number(beat.likeness.toFixed(3)),
        })),
      ),
      medianBeat: median ? JSON.stringify(median) : null,
      longStrip: longStrip === undefined ? null : JSON.stringify(longStrip),
    })
    .execute();
  await trx
    .deleteFrom('ecgFlag')
    .where('recordingId', '=', recordingId)
    .where('state', '=', 'open')
    .execute();
  if (analysis.flags.length === 0) return;
  const decided = await trx
    .selectFrom('ecgFlag')
    .select('ruleCode')
    .where('recordingId', '=', recordingId)
    .execute();
  const known = new Set(decided.map((row) => row.ruleCode));
  const fresh = analysis.flags.filter((flag) => !known.has(flag.rule));
  if (fresh.length === 0) return;
  await trx
    .insertInto('ecgFlag')
    .values(
      fresh.map((flag) => ({
        recordingId,
        ruleCode: flag.rule,
        tier: flag.tier,
        lead: flag.lead ?? null,
        atMs: flag.atMs ?? null,
        details: JSON.stringify(flag.values),
        ask: flag.ask ?? null,
      })),
    )
    .execute();
}
