/**
 * Data for training the beat network and what comes of it (see trainBeatNetwork.c).
 * `export <file> <kind>=<folder> …` writes records: `hard` as CPSC 2019 has them (`data`, `ref`), `holter` and `other`
 * WFDB records with .atr, `noise` a folder of NSTDB, whose noise is the difference of the noisiest and the quietest
 * record of a person. `pack <file> <about> <weights.json> …` writes the weights as the hub reads them, the mean
 * of several (of networks that were trained on from the same one).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { layersOf, loadNetwork, storeNetwork } from '../../../server/ecg/analysis/beatNetwork.ts';
import { cpsc2019Records, wfdbRecords } from '../annotated.ts';

const groups = { hard: 0, holter: 1, other: 2, noise: 3 } as const;

interface Piece {
  rateHz: number;
  samples: ArrayLike<number>;
  beats: number[];
}

/** NSTDB: two noisy minutes of every four, from minute five. */
function noisePieces(folder: string): Piece[] {
  const records = wfdbRecords(folder);
  const lead = (name: string, channel: number): Float64Array =>
    records.find((record) => record.name === name)?.leads[channel] ?? new Float64Array(0);
  return ['118', '119'].flatMap((person) =>
    [0, 1].flatMap((channel) => {
      const noisy = lead(`${person}e_6`, channel);
      const quiet = lead(`${person}e24`, channel);
      const rateHz = 360;
      const pieces: Piece[] = [];
      for (let from = 300 * rateHz; from + 120 * rateHz <= noisy.length; from += 240 * rateHz)
        pieces.push({
          rateHz,
          samples: noisy.slice(from, from + 120 * rateHz).map((value, i) => value - (quiet[from + i] ?? 0)),
          beats: [],
        });
      return pieces;
    }),
  );
}

function piecesOf(kind: keyof typeof groups, folder: string): Piece[] {
  if (kind === 'noise') return noisePieces(folder);
  const records = kind === 'hard' ? cpsc2019Records(folder) : wfdbRecords(folder);
  return records.flatMap((record) =>
    record.leads.map((samples) => ({ rateHz: record.rateHz, samples, beats: record.beats })),
  );
}

function exportTo(file: string, sources: string[]): void {
  const parts: Uint8Array[] = [];
  let count = 0;
  for (const source of sources) {
    const at = source.indexOf('=');
    const kind = source.slice(0, at);
    if (!(kind in groups)) throw new Error(`${source}: write hard=, holter=, other= or noise= and a folder`);
    for (const { rateHz, samples, beats } of piecesOf(kind as keyof typeof groups, source.slice(at + 1))) {
      const head = Int32Array.of(groups[kind as keyof typeof groups], rateHz, samples.length, beats.length);
      for (const values of [head, Float32Array.from(samples), Int32Array.from(beats)])
        parts.push(new Uint8Array(values.buffer));
      count++;
    }
  }
  writeFileSync(file, Buffer.concat([new Uint8Array(Int32Array.of(count).buffer), ...parts]));
  process.stdout.write(`${count} leads\n`);
}

const [command, first = '', second = '', ...rest] = process.argv.slice(2);
if (command === 'export') exportTo(first, [second, ...rest]);
else if (command === 'pack') {
  const [about = '', ...paths] = [second, ...rest];
  const given = paths.map(
    (path) =>
      JSON.parse(readFileSync(path, 'utf8')) as { width: number; dilations: number[]; layers: number[][] },
  );
  const [one] = given;
  if (!one) throw new Error('name the weights');
  const weights = one.layers.map((row, l) =>
    Float32Array.from(
      row,
      (_, k) => given.reduce((sum, { layers }) => sum + (layers[l]?.[k] ?? NaN), 0) / given.length,
    ),
  );
  const text = storeNetwork({ layers: layersOf(one.width, one.dilations), weights }, about);
  loadNetwork(text);
  writeFileSync(first, text);
} else process.stderr.write('export <file> <kind>=<folder> … or pack <file> <about> <weights.json> …\n');
