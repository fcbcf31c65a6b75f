/** Test instruments for MFER, EDF+ and MATLAB v4 containers. Synthetic. */
function tlv(tag: number, value: number[] | Uint8Array): number[] {
  const length = value.length;
  const size =
    length < 0x80
      ? [length]
      : [0x84, (length >>> 24) & 255, (length >>> 16) & 255, (length >>> 8) & 255, length & 255];
  return [tag, ...size, ...value];
}

export function writeMfer(
  leads: { code: number; samples: number[] }[],
  options: { littleEndian?: boolean; name?: Uint8Array; block?: number } = {},
): Uint8Array {
  const little = options.littleEndian ?? false;
  const int = (value: number, bytes: number): number[] => {
    const big = Array.from({ length: bytes }, (_, i) => (value >> (8 * (bytes - 1 - i))) & 255);
    return little ? big.reverse() : big;
  };
  const samples = leads[0]!.samples.length;
  const block = options.block ?? samples;
  const frames = Array.from({ length: Math.floor(samples / block) }, (_, frame) =>
    leads.flatMap((lead) =>
      lead.samples.slice(frame * block, (frame + 1) * block).flatMap((value) => int(value & 0xffff, 2)),
    ),
  );
  return Uint8Array.from([
    ...tlv(0x40, Buffer.from('MFR Standard 12 leads ECG'.padEnd(32, ' '))),
    ...(little ? tlv(1, [1]) : []),
    ...tlv(0x17, Buffer.from('TestMaker^Model 1^1.0^SN7')),
    ...tlv(0x81, options.name ?? Buffer.from('WANG^FANG')),
    ...tlv(0x82, Buffer.from('M0001')),
    ...tlv(0x83, [61, ...int(0, 2), ...int(1965, 2), 3, 5]),
    ...tlv(0x84, [2]),
    ...tlv(0x85, [...int(2026, 2), 11, 22, 10, 32, 0, ...int(0, 2), ...int(0, 2)]),
    ...tlv(0x0b, [1, 256 - 3, ...int(2, 1)]),
    ...tlv(0x0c, [0, 256 - 7, ...int(25, 1)]),
    ...tlv(0x04, int(block, 4)),
    ...tlv(0x05, int(leads.length, 1)),
    ...tlv(0x06, int(frames.length, 2)),
    ...leads.flatMap((lead, index) => [0x3f, index, 4, ...tlv(0x09, int(lead.code, 2))]),
    ...tlv(0x1e, frames.flat()),
    0x80,
  ]);
}

export function writeEdf(
  signals: { label: string; samples: number[]; rate: number; unit?: string }[],
  seconds: number,
): Uint8Array {
  const text = (value: string, width: number): Buffer =>
    Buffer.from(value.padEnd(width, ' ').slice(0, width), 'latin1');
  const column = (values: string[], width: number): Buffer =>
    Buffer.concat(values.map((value) => text(value, width)));
  const all = [...signals, { label: 'EDF Annotations', samples: [] as number[], rate: 10, unit: '' }];
  const header = Buffer.concat([
    text('0', 8),
    text('MR0001 F 05-MAR-1965 Wang_Fang', 80),
    text('Startdate 22-NOV-2026 X X X', 80),
    text('22.11.26', 8),
    text('10.32.00', 8),
    text(String(256 * (all.length + 1)), 8),
    text('EDF+C', 44),
    text(String(seconds), 8),
    text('1', 8),
    text(String(all.length), 4),
    column(
      all.map((s) => s.label),
      16,
    ),
    column(
      all.map(() => ''),
      80,
    ),
    column(
      all.map((s) => s.unit ?? 'uV'),
      8,
    ),
    column(
      all.map(() => '-32768'),
      8,
    ),
    column(
      all.map(() => '32767'),
      8,
    ),
    column(
      all.map(() => '-32768'),
      8,
    ),
    column(
      all.map(() => '32767'),
      8,
    ),
    column(
      all.map(() => 'HP:0.05Hz LP:150Hz'),
      80,
    ),
    column(
      all.map((s) => String(s.rate)),
      8,
    ),
    column(
      all.map(() => ''),
      32,
    ),
  ]);
  const records: Buffer[] = [];
  for (let second = 0; second < seconds; second++)
    for (const signal of all) {
      const block = Buffer.alloc(signal.rate * 2);
      for (let i = 0; i < signal.rate; i++)
        block.writeInt16LE(signal.samples[second * signal.rate + i] ?? 0, i * 2);
      records.push(block);
    }
  return Buffer.concat([header, ...records]);
}

/** WFDB record as the PhysioNet challenges ship it: header text and MATLAB v4 matrix. */
export function writeWfdb(
  record: string,
  leads: { name: string; samples: number[] }[],
  rate = 500,
): { name: string; bytes: Uint8Array }[] {
  const count = leads[0]!.samples.length;
  const data = Buffer.alloc(24 + leads.length * count * 2);
  [30, leads.length, count, 0, 4].forEach((value, index) => data.writeInt32LE(value, index * 4));
  data.write('val\0', 20, 'latin1');
  leads.forEach((lead, channel) =>
    lead.samples.forEach((value, index) =>
      data.writeInt16LE(value, 24 + (index * leads.length + channel) * 2),
    ),
  );
  const lines = leads.map((lead) => {
    const sum = lead.samples.reduce((a, b) => (a + b) & 0xffff, 0);
    return `${record}.mat 16x1+24 400.0(0)/mV 16 0 ${lead.samples[0]} ${sum > 32767 ? sum - 65536 : sum} 0 ${lead.name}`;
  });
  return [
    {
      name: `${record}.hea`,
      bytes: Buffer.from(
        [`${record} ${leads.length} ${rate} ${count}`, ...lines, '# Age: 61', '# Sex: Female'].join('\n'),
      ),
    },
    { name: `${record}.mat`, bytes: data },
  ];
}
