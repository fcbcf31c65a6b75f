import { describe, expect, test } from 'vitest';
import { readRecording, readRecordingFiles } from '../../../../server/ecg/formats/index.ts';
import { microvolts } from '../../../../server/ecg/formats/model.ts';
import { fixture, fixturesPresent, record, philips104 } from '../fixtures.ts';

describe.skipIf(!fixturesPresent)('recordings of real devices (../shared/fixtures/ecg)', () => {
  const three = ['example.scp', 'example.dcm', 'example.xml'].map(
    (file) => () => readRecording(fixture('reference', file)),
  );

  test('the reference recording is the same 12 × 5000 samples as SCP-ECG, DICOM and aECG', () => {
    const [scp, dicom, aecg] = three.map((read) => read());
    for (const recording of [scp!, dicom!, aecg!]) {
      expect(recording.leads.map((lead) => lead.name)).toEqual([
        'I',
        'II',
        'III',
        'aVR',
        'aVL',
        'aVF',
        'V1',
        'V2',
        'V3',
        'V4',
        'V5',
        'V6',
      ]);
      expect(
        recording.leads.every((lead) => lead.samples.length === 5000 && lead.origin === 'recorded'),
      ).toBe(true);
      expect(recording.samplingRateHz).toBe(500);
      expect(recording.patient).toMatchObject({
        identifier: 'SBJ-123',
        name: 'Clark',
        sex: 'M',
        birthDate: '1953-05-08',
      });
      expect(recording.machineMeasurements).toMatchObject({
        prMs: 148,
        qrsMs: 120,
        qtMs: 420,
        qtcMs: 443,
        qrsAxisDegrees: -61,
      });
      expect(recording.acquiredAt).toBe('2002-11-22T09:10:00');
    }
    for (let lead = 0; lead < 12; lead++) {
      expect(microvolts(dicom!.leads[lead]!)).toEqual(microvolts(scp!.leads[lead]!));
      expect(microvolts(aecg!.leads[lead]!)).toEqual(microvolts(scp!.leads[lead]!));
    }
  });

  test('Philips XML 1.03 decodes to the samples of the open reference reader', () => {
    const recording = readRecording(fixture('philips', '129DYPRG-1.03.xml'));
    expect(recording.leads.map((lead) => lead.samples[2750])).toEqual([
      -9, -17, -7, 13, -1, -12, 0, -1, -3, -4, -7, -6,
    ]);
    expect(recording.machineStatements).toContain('Sinus bradycardia — rate< 50');
  });

  test('Philips XML 1.04 is read as 1.03 is', () => {
    const older = fixture('philips', '129DYPRG-1.03.xml');
    const recording = readRecording(philips104(older));
    expect(recording.formatVersion).toBe('1.04');
    expect(recording.leads).toEqual(readRecording(older).leads);
  });

  test('Philips XML 1.04.01 in UTF-16 is read, another document type is refused', () => {
    const recording = readRecording(fixture('philips', '2020-5-18-1.04.01.xml'));
    expect(recording.leads).toHaveLength(12);
    expect(recording.machineMeasurements.heartRateBpm).toBe(64);
    expect(() => readRecording(fixture('philips', 'invalid-doc-type.xml'))).toThrow(
      /document type 'MortaraECG'/,
    );
  });

  test('WFDB formats 212 and 16 and the MATLAB container are read with true checksums', () => {
    const mitBih = readRecordingFiles(record('wfdb', '100'));
    expect(mitBih.annotatedBeats).toHaveLength(2273);
    expect(mitBih.leads.map((lead) => lead.samples.length)).toEqual([650000, 650000]);
    expect(mitBih.leads.find((lead) => lead.name === 'MLII')!.samples[0]! * 5).toBe(-145);
    for (const recording of [
      mitBih,
      readRecordingFiles(record('wfdb', 's0010_re')),
      readRecordingFiles(record('cinc2021', 'JS20000')),
    ])
      expect(recording.notes.filter((note) => note.code === 'checksum-mismatch')).toEqual([]);
  });

  test('an annotated ECG without series says so', () => {
    expect(() => readRecording(fixture('aecg', 'empty.xml'))).toThrow(/no series/);
    expect(readRecording(fixture('aecg', 'minimum_aecg.xml')).leads[0]!.samples).toHaveLength(13);
  });
});
