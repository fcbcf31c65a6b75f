import { synthesiseDay, type DayPart, type LeadName } from './synthesise.ts';
import { writeWfdbUnits } from './writeWfdb.ts';
import type { NamedFile } from '../formats/wfdb.ts';

const hour = 3600;
const dayLeads: readonly LeadName[] = ['II', 'V1', 'V5'];
/** Enough for beats, rhythm and trend, and half of what a recorder of the wards writes. */
const rateHz = 125;

/** From eight in the morning: a working day, stairs, a night with a pause, and fibrillation for 14 minutes (1 % of the day). */
const parts: DayPart[] = [
  { fromSecond: 0, bpm: 76, ectopicEvery: 61 },
  { fromSecond: 1.5 * hour, bpm: 92, ectopicEvery: 83 },
  { fromSecond: 2 * hour, bpm: 128 },
  { fromSecond: 2.2 * hour, bpm: 84, ectopicEvery: 47 },
  { fromSecond: 5 * hour, bpm: 70, ectopicEvery: 121 },
  { fromSecond: 6.5 * hour, bpm: 82, ectopicEvery: 23 },
  { fromSecond: 9.4 * hour, bpm: 116, fibrillation: true },
  { fromSecond: 9.4 * hour + 840, bpm: 80, ectopicEvery: 53 },
  { fromSecond: 12 * hour, bpm: 104 },
  { fromSecond: 12.2 * hour, bpm: 74, ectopicEvery: 97 },
  { fromSecond: 14.5 * hour, bpm: 60 },
  { fromSecond: 17 * hour, bpm: 52, pauseMs: 2600 },
  { fromSecond: 19 * hour, bpm: 56, ectopicEvery: 211 },
  { fromSecond: 22 * hour, bpm: 68 },
  { fromSecond: 23 * hour, bpm: 88, ectopicEvery: 67 },
];

/** The demo county's 24 h recording, three channels; every trace is synthetic and says so. */
export function demoDay(seconds = 24 * hour): NamedFile[] {
  const leads = synthesiseDay(parts, seconds, rateHz, dayLeads, 26);
  return writeWfdbUnits('DH1', leads, rateHz, ['SYNTHETIC - not a patient']);
}
