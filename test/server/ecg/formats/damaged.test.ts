import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { UnreadableRecording, readRecording } from '../../../../server/ecg/formats/index.ts';
import { recordingLength } from '../../../../server/ecg/formats/model.ts';
import { fixture, fixtures, fixturesPresent, philips104 } from '../fixtures.ts';
import { writeAmbulatory } from '../instruments/dicomWriter.ts';
import { writeMuse } from '../instruments/museWriter.ts';
import { writeEdf, writeMfer, writeWfdb } from '../instruments/otherWriters.ts';
import { writeScp } from '../instruments/scpWriter.ts';
import { eightLeads } from '../instruments/synthetic.ts';

/** Reads a damaged copy: it may still be readable, but it may never fail in any other way or take long. */
function survive(bytes: Uint8Array, label: string): 'read' | 'refused' {
  const started = performance.now();
  let outcome: 'read' | 'refused' = 'read';
  try {
    const recording = readRecording(bytes);
    expect(recordingLength(recording) * recording.leads.length, label).toBeLessThan(20_000_000);
  } catch (error) {
    if (!(error instanceof UnreadableRecording)) throw error;
    expect(error.reason.length, label).toBeGreaterThan(5);
    outcome = 'refused';
  }
  expect(performance.now() - started, label).toBeLessThan(30_000);
  return outcome;
}

/** Repeatable pseudo-random numbers. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const leads = eightLeads(600);
const named = leads.map((lead, index) => ({
  name: ['I', 'II', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'][index]!,
  samples: lead.samples,
}));
const small: [string, Uint8Array][] = [
  [
    'SCP-ECG',
    writeScp({ leads, patient: [{ tag: 0, bytes: Buffer.from('A\0') }], statements: [Buffer.from('x\0')] }),
  ],
  ['SCP-ECG custom tables', writeScp({ leads, huffman: 'custom' })],
  [
    'SCP-ECG reference beat, bimodal',
    writeScp({
      leads,
      referenceBeat: {
        leads: leads.map((lead) => lead.samples.slice(60, 260)),
        fiducial: 100,
        beats: [
          { type: 0, from: 61, fiducial: 160, to: 260 },
          { type: 0, from: 321, fiducial: 420, to: 520 },
        ],
      },
      bimodal: {
        rate: 4,
        zones: [
          { from: 141, to: 184 },
          { from: 401, to: 444 },
        ],
      },
    }),
  ],
  [
    'DICOM ambulatory',
    writeAmbulatory({
      rate: 250,
      leads: ['II', 'V1'],
      samples: [named[1]!.samples, named[2]!.samples],
      missing: [10, 20],
      transferSyntax: '1.2.840.10008.1.2.1',
    }),
  ],
  ['PDF', Buffer.from(`%PDF-1.7\n${'trace '.repeat(200)}\n%%EOF`)],
  [
    'JPEG',
    Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(800, 7), Buffer.from([0xff, 0xd9])]),
  ],
  ['MUSE XML', Buffer.from(writeMuse(named))],
  ['MFER', writeMfer(leads)],
  ['EDF+', writeEdf([{ label: 'ECG II', samples: named[1]!.samples, rate: 250 }], 2)],
  ['WFDB zip', zipSync(Object.fromEntries(writeWfdb('T1', named).map((file) => [file.name, file.bytes])))],
];
const real: [string, Uint8Array][] = fixturesPresent
  ? ['reference', 'aecg', 'philips']
      .flatMap((folder) =>
        readdirSync(join(fixtures, folder)).map((file): [string, Uint8Array] => [
          `${folder}/${file}`,
          fixture(folder, file),
        ]),
      )
      .concat([['Philips XML 1.04', philips104(fixture('philips', '129DYPRG-1.03.xml'))]])
  : [];

describe('damaged recordings', () => {
  test.skipIf(!fixturesPresent)('a DICOM object whose transfer broke off is called cut off', () => {
    const whole = fixture('reference', 'example.dcm');
    for (const length of [300, 5000, whole.length - 1])
      expect(() => readRecording(whole.subarray(0, length))).toThrow(
        expect.objectContaining({ fault: 'cut-off' }) as Error,
      );
  });
  for (const [name, bytes] of small) {
    test(`${name} cut off anywhere is refused`, () => {
      for (let i = 0; i < 60; i++) {
        const at = Math.floor((bytes.length * i) / 60);
        if (name === 'MUSE XML' && bytes.subarray(at).toString().trim() === '') continue;
        expect(survive(bytes.subarray(0, at), `${name} cut at ${at}`), `${name} cut at ${at}`).toBe(
          'refused',
        );
      }
    });
    test(`${name} with flipped bytes stays bounded`, () => {
      const random = sequence(7);
      for (let i = 0; i < 300; i++) {
        const copy = Uint8Array.from(bytes);
        const at =
          i < 150
            ? Math.floor((i * Math.min(1200, bytes.length)) / 150)
            : Math.floor(random() * bytes.length);
        copy[at] = i % 3 === 0 ? 0xff : i % 3 === 1 ? 0 : copy[at]! ^ (1 << Math.floor(random() * 8));
        survive(copy, `${name} flipped at ${at}`);
      }
    });
  }

  test.skipIf(!fixturesPresent)('real recordings cut off or flipped stay bounded', () => {
    const random = sequence(11);
    for (const [name, bytes] of real) {
      for (let i = 1; i < 6; i++)
        survive(bytes.subarray(0, Math.floor((bytes.length * i) / 6)), `${name} cut ${i}/6`);
      for (let i = 0; i < 8; i++) {
        const copy = Uint8Array.from(bytes);
        const at = Math.floor(random() * Math.min(copy.length, i < 4 ? 4000 : copy.length));
        copy[at] = copy[at]! ^ (1 << Math.floor(random() * 8));
        survive(copy, `${name} flipped at ${at}`);
      }
    }
  });

  /** A long run on demand: FUZZ=20000 mutates that many copies of all samples, FUZZ_SEED repeats one. */
  const copies = Number(process.env.FUZZ ?? 0);
  test.skipIf(copies === 0)(
    'many mutated copies stay bounded in time and memory',
    () => {
      const seed = Number(process.env.FUZZ_SEED ?? 1);
      const random = sequence(seed);
      const below = (n: number): number => Math.floor(random() * n);
      const samples = [...small, ...real];
      const count = { read: 0, refused: 0 };
      let slowestMs = 0;
      let heaviest = 0;
      for (let i = 0; i < copies; i++) {
        const [name, bytes] = samples[i % samples.length]!;
        let copy = Uint8Array.from(bytes);
        for (let flips = 1 + below(8); flips > 0; flips--) {
          const at = below(random() < 0.6 ? Math.min(2000, copy.length) : copy.length);
          const kind = below(4);
          if (kind === 0) copy[at] = below(256);
          else if (kind === 1) copy[at] = copy[at]! ^ (1 << below(8));
          else if (kind === 2) copy.fill(random() < 0.5 ? 0 : 255, at, at + below(16));
          else copy.copyWithin(at, below(copy.length), below(copy.length));
        }
        if (below(10) === 0) copy = copy.subarray(0, below(copy.length));
        const started = performance.now();
        count[survive(copy, `${name}, copy ${i} of seed ${seed}`)]++;
        slowestMs = Math.max(slowestMs, performance.now() - started);
        if (i % 100 === 0) heaviest = Math.max(heaviest, process.memoryUsage().rss);
      }
      console.log({ seed, copies, ...count, slowestMs, heaviestMb: Math.round(heaviest / 2 ** 20) });
      expect(heaviest).toBeLessThan(1.5 * 2 ** 30);
    },
    3_600_000,
  );

  test('a zip bomb is refused before it expands', () => {
    expect(() => readRecording(zipSync({ 'a.hea': new Uint8Array(30_000_000) }))).toThrow(/expands beyond/);
  });

  test('deeply nested and entity-laden XML is refused, random bytes are no recording', () => {
    survive(
      Buffer.from(`<AnnotatedECG>${'<a>'.repeat(50_000)}${'</a>'.repeat(50_000)}</AnnotatedECG>`),
      'nested',
    );
    expect(() =>
      readRecording(
        Buffer.from('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><AnnotatedECG>&a;</AnnotatedECG>'),
      ),
    ).toThrow(/refused/);
    expect(() => readRecording(Uint8Array.from({ length: 5000 }, (_, i) => (i * 37) & 255))).toThrow(
      /no known ECG format/,
    );
    expect(() => readRecording(new Uint8Array())).toThrow(/empty/);
  });
});
