import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyse } from '../../server/ecg/analysis/analyse.ts';
import { analyseLong } from '../../server/ecg/analysis/analyseLong.ts';
import { synthesise } from '../../server/ecg/demo/synthesise.ts';
import { readRecording } from '../../server/ecg/formats/index.ts';
import type { EcgRecording } from '../../server/ecg/formats/model.ts';
import type { Bench } from '../bench.ts';
import { fixtures } from './annotated.ts';

function synthetic(seconds: number, rateHz: number, wanted?: readonly ('II' | 'V1' | 'V5')[]): EcgRecording {
  const leads = synthesise({ bpm: 72, ectopicEvery: 23 }, seconds, rateHz, 3, wanted);
  return {
    format: 'synthetic',
    samplingRateHz: rateHz,
    patient: {},
    device: {},
    filters: {},
    machineMeasurements: {},
    machineStatements: [],
    notes: [],
    leads: [...leads].map(([name, values]) => ({
      name,
      samples: Int16Array.from(values, (value) => Math.round(value / 2.5)),
      microvoltPerUnit: 2.5,
      origin: 'recorded',
      startSample: 0,
    })),
  };
}

/** Repeats a minute of samples: a day of distinct synthetic beats would only measure the generator. */
function repeated(recording: EcgRecording, times: number): EcgRecording {
  return {
    ...recording,
    leads: recording.leads.map((lead) => {
      const samples = new Int16Array(lead.samples.length * times);
      for (let i = 0; i < times; i++) samples.set(lead.samples as Int16Array, i * lead.samples.length);
      return { ...lead, samples };
    }),
  };
}

export const analysisSpeed: Bench = {
  name: 'ecg.analysis',
  about: 'whole 12-lead 10 s analysis, and a 24 h three-channel recording',
  async run() {
    const reference = join(fixtures, 'reference', 'example.scp');
    const resting = existsSync(reference) ? readRecording(readFileSync(reference)) : synthetic(10, 500);
    const runs: number[] = [];
    for (let i = 0; i < 30; i++) {
      const started = performance.now();
      analyse(resting);
      runs.push(performance.now() - started);
    }
    const warm = runs.slice(10).sort((a, b) => a - b);
    const day = repeated(synthetic(3600, 200, ['II', 'V1', 'V5']), 24);
    // processor time: the analysis has one thread, and a busy machine must not decide the figure
    const before = process.cpuUsage();
    const long = analyseLong(day);
    const spent = process.cpuUsage(before);
    const seconds = (spent.user + spent.system) / 1e6;
    const middle = warm[warm.length >> 1] ?? 0;
    return [
      {
        name: 'ecg.analysis.resting',
        value: Number(middle.toFixed(1)),
        unit: `ms median of ${warm.length} (${resting.leads.length} leads)`,
        spread: [Number((warm[0] ?? 0).toFixed(1)), Number((warm.at(-1) ?? 0).toFixed(1))],
        target: '< 30 ms',
        pass: middle < 30,
        command: 'npm run bench -- --only ecg.analysis',
      },
      {
        name: 'ecg.analysis.day',
        value: Number(seconds.toFixed(1)),
        unit: `s of processor time for 24 h × 3 channels at 200 Hz (${long.strip.totals.beats} beats, synthetic)`,
        spread: [Number(seconds.toFixed(1)), Number(seconds.toFixed(1))],
        target: '< 20 s',
        pass: seconds < 20,
        command: 'npm run bench -- --only ecg.analysis',
      },
    ];
  },
};
