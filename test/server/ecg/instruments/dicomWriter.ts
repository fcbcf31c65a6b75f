import { writeDataSet, writeFileMeta } from '../../../../server/standards/dicom/index.ts';

const padding = -32768;

/** Ambulatory ECG Waveform object of one multiplex group, samples of 2.5 µV; [from, to) is marked as missing. Synthetic. */
export function writeAmbulatory({
  rate,
  leads,
  samples,
  missing,
  transferSyntax,
}: {
  rate: number;
  leads: string[];
  samples: number[][];
  missing: [from: number, to: number];
  transferSyntax: string;
}): Buffer {
  const count = samples[0]!.length;
  const data = Buffer.alloc(count * leads.length * 2);
  samples.forEach((lead, channel) =>
    lead.forEach((value, i) =>
      data.writeInt16LE(
        i >= missing[0] && i < missing[1] ? padding : value,
        (i * leads.length + channel) * 2,
      ),
    ),
  );
  const paddingBytes = Buffer.alloc(2);
  paddingBytes.writeInt16LE(padding);
  const sopClassUid = '1.2.840.10008.5.1.4.1.1.9.1.3';
  const sopInstanceUid = '1.2.826.0.1.3680043.10.1.2';
  const unit = [
    [0x00080100, 'uV'],
    [0x00080102, 'UCUM'],
    [0x00080104, 'microvolt'],
  ] as const;
  const dataSet = writeDataSet(
    [
      [0x00080016, sopClassUid],
      [0x00080018, sopInstanceUid],
      [0x0008002a, '20261122103200'],
      [0x00080060, 'ECG'],
      [0x00100010, '王芳'],
      [0x00100020, 'M0001'],
      [
        0x54000100,
        [
          [
            [0x003a0004, 'ORIGINAL'],
            [0x003a0005, leads.length],
            [0x003a0010, count],
            [0x003a001a, String(rate)],
            [
              0x003a0200,
              leads.map(
                (name) =>
                  [
                    [0x003a0208, [[[0x00080104, `Lead ${name}`]]]],
                    [0x003a0210, '2.5'],
                    [0x003a0211, [unit]],
                    [0x003a0212, '1'],
                  ] as const,
              ),
            ],
            [0x54001004, 16],
            [0x54001006, 'SS'],
            [0x5400100a, paddingBytes, 'OW'],
            [0x54001010, data, 'OW'],
          ],
        ],
      ],
    ],
    { transferSyntax },
  );
  return Buffer.concat([writeFileMeta({ sopClassUid, sopInstanceUid, transferSyntax }), dataSet]);
}
