import type { NamedFile } from '../formats/wfdb.ts';
import type { LeadName } from './synthesise.ts';

/** A WFDB record (format 16, 2.5 µV per unit) of synthetic leads. */
export function writeWfdb(
  record: string,
  leads: Map<LeadName, Float64Array>,
  rateHz: number,
  comments: string[],
): NamedFile[] {
  const names = [...leads.keys()];
  const count = leads.get(names[0] ?? 'I')?.length ?? 0;
  const data = Buffer.alloc(names.length * count * 2);
  const sums = names.map(() => 0);
  for (let i = 0; i < count; i++)
    names.forEach((name, channel) => {
      const value = Math.max(-32767, Math.min(32767, Math.round((leads.get(name)?.[i] ?? 0) / 2.5)));
      sums[channel] = ((sums[channel] ?? 0) + value) & 0xffff;
      data.writeInt16LE(value, (i * names.length + channel) * 2);
    });
  const lines = names.map((name, channel) => {
    const sum = sums[channel] ?? 0;
    return `${record}.dat 16 400/mV 16 0 ${data.length > 0 ? data.readInt16LE(channel * 2) : 0} ${sum > 32767 ? sum - 65536 : sum} 0 ${name}`;
  });
  const header = [
    `${record} ${names.length} ${rateHz} ${count}`,
    ...lines,
    ...comments.map((comment) => `# ${comment}`),
  ].join('\n');
  return [
    { name: `${record}.hea`, bytes: Buffer.from(header) },
    { name: `${record}.dat`, bytes: data },
  ];
}
