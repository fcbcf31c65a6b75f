import iconv from 'iconv-lite';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { readRecording, readRecordingFiles } from '../../../../server/ecg/formats/index.ts';
import { microvolts } from '../../../../server/ecg/formats/model.ts';
import { writeEdf, writeMfer, writeWfdb } from '../instruments/otherWriters.ts';
import { writeMuse } from '../instruments/museWriter.ts';
import { decimate, writeScp } from '../instruments/scpWriter.ts';
import { eightLeads, syntheticLead, syntheticPeaks } from '../instruments/synthetic.ts';

/** All records here are synthetic, written by the test instruments. */
const leads = eightLeads(2000);
const samplesOf = (bytes: Uint8Array): number[][] => {
  const recording = readRecording(bytes);
  return leads.map((_, index) => Array.from(recording.leads[[0, 1, 6, 7, 8, 9, 10, 11][index]!]!.samples));
};
const expected = leads.map((lead) => lead.samples);

describe('SCP-ECG, synthetic', () => {
  for (const huffman of ['none', 'default', 'custom'] as const)
    for (const difference of [0, 1, 2] as const)
      test(`${huffman} Huffman coding with difference ${difference} is lossless`, () => {
        expect(samplesOf(writeScp({ leads, huffman, difference }))).toEqual(expected);
      });

  const beats = syntheticPeaks(2000, 500)
    .slice(1, -1)
    .map((peak) => ({ type: 0, from: peak - 60, fiducial: peak, to: peak + 99 }));
  const beat = {
    fiducial: 61,
    leads: leads.map((lead) => lead.samples.slice(beats[0]!.fiducial - 61, beats[0]!.fiducial + 99)),
    beats,
  };

  test('a subtracted reference beat is added back', () => {
    const bytes = writeScp({ leads, referenceBeat: beat });
    expect(samplesOf(bytes)).toEqual(expected);
    const recording = readRecording(bytes);
    expect(recording.medianBeat?.leads[0]!.samples.length).toBe(160);
    expect(recording.medianBeat?.fiducialSample).toBe(60);
    expect(recording.notes.map((note) => note.code)).toContain('reference-beat-restored');
  });

  test('a reference beat of another resolution meets the rhythm in nanovolts', () => {
    const coarse = {
      ...beat,
      nanovoltPerUnit: 5000,
      leads: beat.leads.map((lead) => lead.map((value) => Math.round(value / 2))),
    };
    const read = readRecording(writeScp({ leads, referenceBeat: coarse }));
    expect(Array.from(microvolts(read.leads[0]!))).toEqual(expected[0]!.map((value) => value * 2.5));
  });

  test('bimodal compression keeps the protected zones exact and joins the rest', () => {
    const zones = beats
      .map((entry) => ({ from: entry.fiducial - ((entry.fiducial - 1 - 40) % 4) - 40, to: 0 }))
      .map((zone) => ({ from: zone.from, to: zone.from + 79 }));
    const recording = readRecording(writeScp({ leads, bimodal: { rate: 4, zones } }));
    const stored = decimate(expected[0]!, 4, zones);
    expect(stored.length).toBeLessThan(1000);
    const read = recording.leads[0]!.samples;
    expect(read.length).toBe(2000);
    expect(recording.samplingRateHz).toBe(500);
    for (const zone of zones)
      for (let t = zone.from; t <= zone.to; t++) expect(read[t - 1]).toBe(expected[0]![t - 1]);
    const worst = Math.max(...expected[0]!.map((value, index) => Math.abs(value - read[index]!)));
    expect(worst).toBeLessThan(60); // 150 µV at the unprotected first and last beat
  });

  test('bimodal together with a reference beat', () => {
    const zones = beats
      .map((entry) => ({ from: entry.from - ((entry.from - 1) % 4), to: 0 }))
      .map((zone) => ({ from: zone.from, to: zone.from + 163 }));
    const read = readRecording(writeScp({ leads, referenceBeat: beat, bimodal: { rate: 4, zones } }))
      .leads[1]!.samples;
    for (const zone of zones)
      for (let t = zone.from; t <= zone.to; t++) expect(read[t - 1]).toBe(expected[1]![t - 1]);
  });

  test('III and the augmented leads are computed exactly and named as derived', () => {
    const recording = readRecording(writeScp({ leads }));
    expect(recording.leads.filter((lead) => lead.origin === 'derived').map((lead) => lead.name)).toEqual([
      'III',
      'aVR',
      'aVL',
      'aVF',
    ]);
    expect(microvolts(recording.leads[3]!)[700]).toBeCloseTo(
      (-(expected[0]![700]! + expected[1]![700]!) * 2.5) / 2,
    );
  });

  test('a GBK name is Chinese whatever the record declares', () => {
    const text = (value: string): Uint8Array => Buffer.concat([iconv.encode(value, 'gbk'), Buffer.of(0)]);
    const recording = readRecording(
      writeScp({
        leads,
        patient: [
          { tag: 0, bytes: text('珅玘昞') },
          { tag: 2, bytes: text('P1') },
        ],
        statements: [text('窦性心律')],
      }),
    );
    expect(recording.patient).toMatchObject({ name: '珅玘昞', identifier: 'P1' });
    expect(recording.machineStatements).toEqual(['窦性心律']);
    expect(recording.notes.map((note) => note.code)).toContain('text-charset-guessed');
  });

  test('a GBK name whose bytes are UTF-8 as well is Chinese; a Western name in UTF-8 stays', () => {
    const nameOf = (bytes: Uint8Array): string | undefined =>
      readRecording(writeScp({ leads, patient: [{ tag: 0, bytes: Buffer.concat([bytes, Buffer.of(0)]) }] }))
        .patient.name;
    expect(nameOf(iconv.encode('钱双模', 'gbk'))).toBe('钱双模');
    for (const name of ['Müller', 'Ångström', '钱双模', 'ÉLÈVE'])
      expect(nameOf(Buffer.from(name))).toBe(name);
  });

  test('a wrong record checksum is noted, a wrong waveform section is refused', () => {
    const header = writeScp({ leads });
    header[0]! ^= 0xff;
    expect(readRecording(header).notes).toContainEqual({ code: 'checksum-mismatch', detail: 'record' });
    const trace = writeScp({ leads });
    trace[trace.length - 100]! ^= 1;
    expect(() => readRecording(trace)).toThrow(/section 6/);
  });
});

describe('other formats, synthetic', () => {
  const named = leads.map((lead, index) => ({
    name: ['I', 'II', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'][index]!,
    samples: lead.samples,
  }));

  test('MUSE XML: samples, units, machine values and statements; bare DOCTYPE is not followed', () => {
    const recording = readRecording(Buffer.from(writeMuse(named)));
    expect(Array.from(recording.leads[0]!.samples)).toEqual(expected[0]);
    expect(recording.leads[0]!.microvoltPerUnit).toBe(4.88);
    expect(recording.leads).toHaveLength(12);
    expect(recording.patient).toEqual({
      identifier: 'MR0001',
      name: '测试',
      birthDate: '1965-03-05',
      ageYears: 61,
      sex: 'F',
    });
    expect(recording.machineStatements).toEqual(['Normal sinus rhythm', 'ST < 1 mm']);
    expect(recording.filters).toEqual({ highPassHz: 0.05, lowPassHz: 150, notchHz: 50 });
    expect(recording.medianBeat?.leads[0]!.samples.length).toBe(600);
  });

  test('MUSE XML in GBK, declared or not, keeps the name', () => {
    for (const encoding of ['GBK', 'UTF-8'])
      expect(
        readRecording(iconv.encode(writeMuse(named, { encoding, lastName: '珅玘' }), 'gbk')).patient.name,
      ).toBe('珅玘');
  });

  test('entities, external or expanding, are refused', () => {
    for (const doctype of [
      '<!DOCTYPE RestingECG [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
      '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]>',
      '<!DOCTYPE RestingECG SYSTEM "a" [<!ENTITY x "y">]>',
    ])
      expect(() => readRecording(Buffer.from(writeMuse(named, { doctype })))).toThrow(/refused/);
  });

  test('MFER in both byte orders', () => {
    for (const littleEndian of [false, true]) {
      const recording = readRecording(writeMfer(leads, { littleEndian, name: iconv.encode('王芳', 'gbk') }));
      expect(Array.from(microvolts(recording.leads[0]!))).toEqual(expected[0]!.map((value) => value * 2.5));
      expect(recording.samplingRateHz).toBe(500);
      expect(recording.patient).toEqual({
        name: '王芳',
        identifier: 'M0001',
        sex: 'F',
        birthDate: '1965-03-05',
        ageYears: 61,
      });
      expect(recording.leads.slice(6).map((lead) => lead.name)).toEqual(['V1', 'V2', 'V3', 'V4', 'V5', 'V6']);
    }
    expect(readRecording(writeMfer(leads)).patient.name).toBe('WANG FANG');
  });

  test('EDF+ takes the ECG signals and leaves annotations and other rates aside', () => {
    const recording = readRecording(
      writeEdf(
        [
          ...named.map((lead) => ({ label: `ECG ${lead.name}`, samples: lead.samples, rate: 500 })),
          { label: 'Resp', samples: [], rate: 25 },
        ],
        4,
      ),
    );
    expect(Array.from(microvolts(recording.leads[0]!))).toEqual(expected[0]);
    expect(recording).toMatchObject({
      samplingRateHz: 500,
      acquiredAt: '2026-11-22T10:32:00',
      patient: { name: 'Wang Fang', sex: 'F' },
    });
  });

  test('a WFDB record comes as several files or as one zip; a bare header says what is missing', () => {
    const files = writeWfdb('T1', named);
    const zipped = zipSync(Object.fromEntries(files.map((file) => [file.name, file.bytes])));
    for (const recording of [readRecordingFiles(files), readRecording(zipped)]) {
      expect(Array.from(recording.leads[0]!.samples)).toEqual(expected[0]);
      expect(recording.patient).toEqual({ ageYears: 61, sex: 'F' });
      expect(recording.notes.filter((note) => note.code === 'checksum-mismatch')).toEqual([]);
    }
    expect(() => readRecording(files[0]!.bytes)).toThrow(/header alone/);
  });

  test('PDF and JPEG are pictures without a trace', () => {
    expect(readRecording(Buffer.from('%PDF-1.7\n…\n%%EOF\n')).picture).toEqual({
      mediaType: 'application/pdf',
    });
    expect(readRecording(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xd9])).leads).toEqual([]);
    expect(() => readRecording(Buffer.from('%PDF-1.7\nhalf'))).toThrow(/cut off/);
  });

  test('sampling rates from 125 to 1000 Hz survive', () => {
    for (const rate of [125, 200, 250, 500, 1000]) {
      const lead = syntheticLead(rate * 2, rate);
      expect(
        readRecording(writeScp({ leads: [{ code: 2, samples: lead }], microsecond: 1e6 / rate }))
          .samplingRateHz,
      ).toBe(rate);
    }
  });
});
