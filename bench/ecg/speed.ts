import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyse } from '../../server/ecg/analysis/analyse.ts';
import { defaultRules } from '../../server/ecg/analysis/rules.ts';
import { synthesise, type LeadName } from '../../server/ecg/demo/synthesise.ts';
import { writeWfdbUnits } from '../../server/ecg/demo/writeWfdb.ts';
import { readRecording } from '../../server/ecg/formats/index.ts';
import type { EcgRecording } from '../../server/ecg/formats/model.ts';
import type { NamedFile } from '../../server/ecg/formats/wfdb.ts';
import { measureInThread } from '../../server/ecg/threads/inThread.ts';
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

/** A day as files: an hour of samples again and again, as a day of distinct ones would only measure the generator. */
function dayFiles(rateHz: number): NamedFile[] {
  const hour = synthetic(3600, rateHz, ['II', 'V1', 'V5']);
  const leads = hour.leads.map((lead): [LeadName, Int16Array] => {
    const samples = new Int16Array(lead.samples.length * 24);
    for (let i = 0; i < 24; i++) samples.set(lead.samples, i * lead.samples.length);
    return [lead.name as LeadName, samples];
  });
  return writeWfdbUnits('day', new Map(leads), rateHz, []);
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
    const day = dayFiles(200);
    // processor time: a busy machine must not decide the figure
    const before = process.cpuUsage();
    const long = await measureInThread(day, defaultRules);
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
