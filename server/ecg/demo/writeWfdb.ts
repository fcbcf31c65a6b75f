import type { NamedFile } from '../formats/wfdb.ts';
import type { LeadName } from './synthesise.ts';

const unitMicrovolt = 2.5;

/** A WFDB record (format 16, 2.5 µV per unit) of synthetic leads in microvolts. */
export function writeWfdb(
  record: string,
  leads: Map<LeadName, Float64Array>,
  rateHz: number,
  comments: string[],
): NamedFile[] {
  const units = [...leads].map(([name, values]): [LeadName, Int16Array] => [
    name,
    Int16Array.from(values, (value) => Math.max(-32767, Math.min(32767, Math.round(value / unitMicrovolt)))),
  ]);
  return writeWfdbUnits(record, new Map(units), rateHz, comments);
}

/** The same of leads that are in units of 2.5 µV already. */
export function writeWfdbUnits(
  record: string,
  leads: Map<LeadName, Int16Array>,
  rateHz: number,
  comments: string[],
): NamedFile[] {
  const channels = [...leads.values()];
  const count = channels[0]?.length ?? 0;
  const data = new Int16Array(channels.length * count);
  const sums = channels.map((samples, channel) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const value = samples[i] as number;
      sum = (sum + value) & 0xffff;
      data[i * channels.length + channel] = value;
    }
    return sum > 32767 ? sum - 65536 : sum;
  });
  const lines = [...leads.keys()].map(
    (name, channel) => `${record}.dat 16 400/mV 16 0 ${data[channel] ?? 0} ${sums[channel] ?? 0} 0 ${name}`,
  );
  const header = [
    `${record} ${channels.length} ${rateHz} ${count}`,
    ...lines,
    ...comments.map((comment) => `# ${comment}`),
  ].join('\n');
  return [
    { name: `${record}.hea`, bytes: Buffer.from(header) },
    { name: `${record}.dat`, bytes: Buffer.from(data.buffer) },
  ];
}
