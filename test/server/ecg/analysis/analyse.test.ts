import { describe, expect, test } from 'vitest';
import { analyse } from '../../../../server/ecg/analysis/analyse.ts';
import { classifyBeats } from '../../../../server/ecg/analysis/beats.ts';
import { correctedQt } from '../../../../server/ecg/analysis/intervals.ts';
import { detectRPeaks } from '../../../../server/ecg/analysis/rPeaks.ts';
import { atrialFeatures } from '../../../../server/ecg/analysis/rhythm.ts';
import { defaultRules } from '../../../../server/ecg/analysis/rules.ts';
import { synthesise, type SyntheticPattern } from '../../../../server/ecg/demo/synthesise.ts';
import { writeWfdb } from '../../../../server/ecg/demo/writeWfdb.ts';
import { readRecordingFiles } from '../../../../server/ecg/formats/index.ts';
import type { EcgRecording } from '../../../../server/ecg/formats/model.ts';

const synthetic = (pattern: SyntheticPattern, seconds = 10, rate = 500): EcgRecording =>
  readRecordingFiles(writeWfdb('S', synthesise(pattern, seconds, rate), rate, ['SYNTHETIC']));
const rulesOf = (recording: EcgRecording): string[] => analyse(recording).flags.map((flag) => flag.rule);

describe('measuring synthetic recordings', () => {
  test('rate, intervals and axis of a plain rhythm', () => {
    const { measurements, quality, medianBeat } = analyse(synthetic({ bpm: 66 }));
    expect(measurements.heartRateBpm).toBe(66);
    expect(measurements.prMs).toBeGreaterThan(120);
    expect(measurements.prMs).toBeLessThan(200);
    expect(measurements.qrsMs).toBeGreaterThan(60);
    expect(measurements.qrsMs).toBeLessThan(110);
    expect(measurements.qrsAxisDegrees).toBeGreaterThan(30);
    expect(measurements.qrsAxisDegrees).toBeLessThan(75);
    expect(quality).toEqual([]);
    expect(medianBeat!.leads).toHaveLength(12);
  });

  test('QTc by four formulas: equal at 60 beats a minute, known values at 100', () => {
    expect(correctedQt(400, 60)).toEqual({ bazett: 400, fridericia: 400, framingham: 400, hodges: 400 });
    expect(correctedQt(340, 100)).toEqual({ bazett: 439, fridericia: 403, framingham: 402, hodges: 410 });
  });

  test('flags name rule, lead, time and values', () => {
    const infarction = analyse(synthetic({ bpm: 80, st: { II: 320, I: -60 } })).flags.find(
      (flag) => flag.rule === 'st-elevation',
    )!;
    expect(infarction.tier).toBe('critical');
    expect(infarction.lead!.split(' ').sort()).toEqual(['II', 'III', 'aVF']);
    expect(infarction.values.III).toBeGreaterThan(200);
    const pause = analyse(synthetic({ bpm: 46, pauseMs: 3200 })).flags.find(
      (flag) => flag.rule === 'long-rr',
    )!;
    expect(pause.values.rrMs).toBeGreaterThanOrEqual(3180);
    expect(pause.atMs).toBeGreaterThan(4000);
    expect(rulesOf(synthetic({ bpm: 66 }))).toEqual([]);
    expect(rulesOf(synthetic({ bpm: 215 }))).toContain('fast-rate');
    expect(rulesOf(synthetic({ bpm: 33 }))).toContain('slow-rate');
  });

  test('fibrillation has no P wave and irregular beats; ectopics are counted, not taken for it', () => {
    const fibrillation = analyse(synthetic({ bpm: 105, fibrillation: true }));
    expect(fibrillation.flags.map((flag) => flag.rule)).toContain('atrial-fibrillation');
    expect(fibrillation.measurements.prMs).toBeUndefined();
    const ectopics = analyse(synthetic({ bpm: 80, ectopicEvery: 3 }));
    expect(ectopics.flags.map((flag) => flag.rule)).not.toContain('atrial-fibrillation');
    expect(ectopics.beats.filter((beat) => beat.kind === 'ventricular').length).toBe(4);
    expect(ectopics.measurements.qrsMs).toBeLessThan(110);
  });

  test('a beat marked on another wave of its complex is no ventricular one, and its intervals are even', () => {
    const rate = 500;
    const leads = [...synthesise({ bpm: 70 }, 20, rate).values()].map((lead) => Float64Array.from(lead));
    const peaks = detectRPeaks(leads, rate);
    const shift = Math.round(rate * 0.03);
    const marked = peaks.map((peak, i) => (i % 3 === 1 ? peak + shift : peak));
    const beats = classifyBeats(leads, marked, rate);
    expect(new Set(beats.map((beat) => beat.kind))).toEqual(new Set(['normal']));
    const spread = (found: { rrMs: number }[]): number => {
      const intervals = found.slice(1).map((beat) => beat.rrMs);
      return Math.max(...intervals) - Math.min(...intervals);
    };
    expect(spread(beats)).toBeLessThan(spread(classifyBeats(leads, peaks, rate)) + 15);
  });

  test('whether a P wave stands before the beats does not hang on which wave of the complex is marked', () => {
    const rate = 500;
    for (const fibrillation of [false, true]) {
      const traces = [...synthesise({ bpm: 90, fibrillation }, 30, rate)].map(([name, microvolts]) => ({
        name,
        microvolts,
      }));
      const beats = classifyBeats(
        traces.map((trace) => trace.microvolts),
        detectRPeaks(
          traces.map((trace) => trace.microvolts),
          rate,
        ),
        rate,
      );
      // on the R wave, and on the S wave behind it
      for (const shift of [0, 0.025]) {
        const marked = beats.map((beat) => ({ ...beat, sample: beat.sample + Math.round(shift * rate) }));
        const { pConsistency } = atrialFeatures(traces, marked, rate);
        if (fibrillation) expect(pConsistency).toBeLessThan(0.6);
        else expect(pConsistency).toBeGreaterThan(0.9);
      }
    }
  });

  test('where every second beat is ventricular the narrow ones are the usual ones', () => {
    const { beats } = analyse(synthetic({ bpm: 80, ectopicEvery: 2 }, 20));
    const wide = beats.filter((beat) => beat.kind === 'ventricular').length;
    expect(wide).toBeGreaterThan(beats.length * 0.4);
    expect(wide).toBeLessThan(beats.length * 0.6);
    expect(beats.filter((beat) => beat.kind === 'normal').length).toBeGreaterThan(beats.length * 0.4);
  });

  test('where every third beat is ventricular the usual ones are found in any five minutes', () => {
    const rate = 250;
    const leads = [...synthesise({ bpm: 96, ectopicEvery: 3 }, 330, rate).values()];
    const peaks = detectRPeaks(leads, rate);
    for (const first of [0, 1, 2]) {
      const beats = classifyBeats(leads, peaks.slice(first, first + 490), rate);
      const wide = beats.filter((beat) => beat.kind === 'ventricular').length;
      expect(wide).toBeGreaterThan(155);
      expect(wide).toBeLessThan(170);
    }
  });

  test('an edited limit and a rule switched off are obeyed', () => {
    const recording = synthetic({ bpm: 66 });
    const stricter = defaultRules.map((rule) =>
      rule.code === 'tachycardia' ? { ...rule, limits: { bpm: 60 } } : rule,
    );
    expect(analyse(recording, stricter).flags.map((flag) => flag.rule)).toEqual(['tachycardia']);
    expect(
      analyse(
        recording,
        stricter.map((rule) => ({ ...rule, enabled: false })),
      ).flags,
    ).toEqual([]);
  });

  test('lead off, saturation, noise and exchanged arms are marked, never repaired', () => {
    expect(analyse(synthetic({ bpm: 70, leadOff: 'V4' })).quality).toContainEqual({
      kind: 'lead-off',
      lead: 'V4',
      value: 1,
    });
    expect(analyse(synthetic({ bpm: 70, noiseMicrovolt: 160 })).quality.map((mark) => mark.kind)).toContain(
      'noise',
    );
    const saturated = synthetic({ bpm: 70 });
    const v3 = saturated.leads.find((lead) => lead.name === 'V4')!;
    v3.samples = v3.samples.map((value) => Math.min(value, 200)) as Int32Array;
    v3.microvoltPerUnit *= 2;
    expect(analyse(saturated).quality).toContainEqual(
      expect.objectContaining({ kind: 'saturation', lead: 'V4' }),
    );
    const leads = synthesise({ bpm: 70 }, 10, 500);
    const one = leads.get('I')!;
    const two = leads.get('II')!;
    // left and right arm exchanged: I upside down, II becomes III
    leads.set(
      'II',
      two.map((value, i) => value - one[i]!),
    );
    leads.set(
      'I',
      one.map((value) => -value),
    );
    expect(analyse(readRecordingFiles(writeWfdb('R', leads, 500, []))).quality).toContainEqual(
      expect.objectContaining({ kind: 'limb-reversal' }),
    );
  });

  test('leads cut off by an amplifier of small range are marked, and their samples stay as they are', () => {
    const leads = new Map(
      [...synthesise({ bpm: 70 }, 10, 500)].map(([name, samples]) => [
        name,
        name === 'V4' ? samples.map((value) => Math.max(-300, Math.min(600, value))) : samples,
      ]),
    );
    const recording = readRecordingFiles(writeWfdb('S', leads, 500, ['SYNTHETIC']));
    const found = analyse(recording).quality.filter((mark) => mark.kind === 'saturation');
    expect(found.map((mark) => mark.lead)).toEqual(['V4']);
  });

  test('pacemaker spikes are found before any filter', () => {
    const leads = synthesise({ bpm: 70 }, 10, 1000);
    const beats = analyse(readRecordingFiles(writeWfdb('P', leads, 1000, []))).beats;
    for (const lead of leads.values())
      for (const beat of beats)
        for (const k of [0, 1]) lead[beat.sample - 70 + k] = lead[beat.sample - 70 + k]! + 1800;
    const paced = analyse(readRecordingFiles(writeWfdb('P', leads, 1000, [])));
    expect(paced.spikes.length).toBe(beats.length);
    expect(paced.flags.map((flag) => flag.rule)).toContain('paced');
  });
});
