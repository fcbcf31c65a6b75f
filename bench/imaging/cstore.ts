import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { commandFields } from '../../integrations/dimse/command.ts';
import { requestAssociation } from '../../integrations/dimse/requestor.ts';
import { sopClasses, tags, transferSyntaxes, writeDataSet } from '../../server/standards/dicom/index.ts';
import type { Context } from '../../server/core/context.ts';
import type { Bench, BenchRow } from '../bench.ts';
import { writeCtStudies } from './ctFiles.ts';
import type { HubProcess } from './hubProcess.ts';
import { startHubProcess } from './hubProcess.ts';
import type { Orthanc } from './orthanc.ts';
import { orthancMissing, startOrthanc } from './orthanc.ts';

const command = 'npm run bench -- --only imaging.cstore';
const runs = Number(process.env.BENCH_RUNS ?? 3);
const imagesPerAssociation = Number(process.env.BENCH_IMAGES ?? 200);
/** In all, into each: the rate of either still rises after the first hundreds (code compiled, files and tables grown). */
const warmUpImages = 1_000;
const largeObject = 2_000_000_000;
const memoryLimit = 250e6;

interface Target {
  port: number;
  aeTitle: string;
}

/**
 * Objects per second by `storescu` of DCMTK into the hub with all roles, durable (file, folder and row synced before the answer), side by side with
 * Orthanc (PostgreSQL index, synced storage area) in the same run; then memory while one 2 GB object streams in.
 */
export const cstore: Bench = {
  name: 'imaging.cstore',
  about: 'CT of 0.5 MB by C-STORE, 1 and 4 associations, against Orthanc; memory at a 2 GB object',
  async run() {
    if (spawnSync('storescu', ['--version']).status !== 0) {
      console.log('imaging.cstore needs storescu: apt-get install dcmtk');
      return [];
    }
    const missing = orthancMissing();
    const hub = await startHubProcess(keepOpen);
    const orthanc = missing === undefined ? await startOrthanc() : undefined;
    try {
      const rows: BenchRow[] = [];
      for (const associations of [1, 4]) rows.push(await compare(hub, orthanc, associations));
      return [...rows, await memoryOfFreshHub()];
    } finally {
      await hub.close();
      await orthanc?.close();
    }
  },
};

async function compare(
  hub: HubProcess,
  orthanc: Orthanc | undefined,
  associations: number,
): Promise<BenchRow> {
  const ours: number[] = [];
  const theirs: number[] = [];
  // One round beforehand that does not count: compiled code, connections, open files.
  for (let run = 0; run <= runs; run++) {
    const images = run === 0 ? warmUpImages / associations : imagesPerAssociation;
    const files = writeCtStudies(`${associations}${run}${process.pid}`, associations, images);
    try {
      const hubRate = await send(files.folders, images, {
        port: hub.port,
        aeTitle: 'HUB',
      });
      const peerRate = orthanc
        ? await send(files.folders, images, {
            port: orthanc.dicomPort,
            aeTitle: 'ORTHANC',
          })
        : undefined;
      if (run === 0) continue;
      ours.push(hubRate);
      if (peerRate !== undefined) theirs.push(peerRate);
    } finally {
      files.remove();
    }
  }
  const value = median(ours);
  const row = {
    name: `imaging.cstore ${associations} association${associations > 1 ? 's' : ''}`,
    value,
    unit: 'CT/s',
    spread: [Math.min(...ours), Math.max(...ours)] as [number, number],
    peer: 'Orthanc PostgreSQL, synced',
    target: 'at least 1.5 × Orthanc',
    command,
  };
  if (theirs.length === 0) return { ...row, pass: null };
  const peerValue = median(theirs);
  return { ...row, peerValue, ratio: value / peerValue, pass: value / peerValue >= 1.5 };
}

/** Studies stay open: what the hub derives once they are complete is no part of receiving, and Orthanc derives nothing. */
async function keepOpen(ctx: Context): Promise<void> {
  await ctx.db
    .insertInto('setting')
    .values({ key: 'imaging.quietSeconds', value: JSON.stringify(3_600) })
    .execute();
}

/** Objects per second over as many `storescu` as folders, from the first start to the last end. */
async function send(folders: readonly string[], images: number, target: Target): Promise<number> {
  const start = performance.now();
  const codes = await Promise.all(
    folders.map(async (folder) => {
      const child = spawn(
        'storescu',
        [
          '-q',
          '-R',
          '-aet',
          'LIUHE',
          '-aec',
          target.aeTitle,
          '-pdu',
          '131072',
          '+sd',
          '127.0.0.1',
          String(target.port),
          folder,
        ],
        { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, TCP_NODELAY: '1' } },
      );
      const [code] = (await once(child, 'exit')) as [number];
      return code;
    }),
  );
  if (codes.some((code) => code !== 0))
    throw new Error(`storescu to ${target.aeTitle} ended with ${codes.join(', ')}`);
  return (folders.length * images * 1000) / (performance.now() - start);
}

/** What the first hub still derives from the images it got is no part of this figure. */
async function memoryOfFreshHub(): Promise<BenchRow> {
  const hub = await startHubProcess();
  try {
    return await memory(hub);
  } finally {
    await hub.close();
  }
}

async function memory(hub: HubProcess): Promise<BenchRow> {
  const transferSyntax = transferSyntaxes.explicitLittleEndian;
  const sopInstanceUid = `2.25.9${process.pid}.1`;
  const association = await requestAssociation({
    host: '127.0.0.1',
    port: hub.port,
    callingAe: 'LIUHE',
    calledAe: 'HUB',
    contexts: [{ abstractSyntax: sopClasses.ct, transferSyntaxes: [transferSyntax] }],
    timeoutMs: 300_000,
  });
  const request = {
    commandField: commandFields.cStoreRq,
    affectedSopClassUid: sopClasses.ct,
    affectedSopInstanceUid: sopInstanceUid,
    priority: 0,
  };
  let status: number | undefined;
  for await (const response of association.request(1, request, largeDataSet(sopInstanceUid)))
    status = response.command.status;
  await association.release();
  if (status !== 0) throw new Error(`the 2 GB object was answered with ${status}`);
  const value = hub.peakMemory();
  return {
    name: 'imaging.cstore memory at a 2 GB object',
    value: value / 1e6,
    unit: 'MB RSS',
    spread: [value / 1e6, value / 1e6],
    ratio: memoryLimit / value,
    target: 'peak below 250 MB',
    pass: value < memoryLimit,
    command,
  };
}

/** A multi-frame CT whose pixels are made while they are sent. */
async function* largeDataSet(sopInstanceUid: string): AsyncGenerator<Buffer> {
  const frames = Math.floor(largeObject / 524_288);
  const header = writeDataSet([
    [tags.sopClassUid, sopClasses.ct],
    [tags.sopInstanceUid, sopInstanceUid],
    [tags.modality, 'CT'],
    [tags.patientName, '测试^大对象'],
    [tags.patientId, 'BENCH-LARGE'],
    [tags.studyInstanceUid, `${sopInstanceUid}.2`],
    [tags.seriesInstanceUid, `${sopInstanceUid}.3`],
    [tags.samplesPerPixel, 1],
    [tags.numberOfFrames, String(frames)],
    [tags.rows, 512],
    [tags.columns, 512],
    [tags.bitsAllocated, 16],
  ]);
  const pixelHead = Buffer.from('e07f10004f57000000000000', 'hex');
  pixelHead.writeUInt32LE(frames * 524_288, 8);
  yield Buffer.concat([header, pixelHead]);
  const frame = Buffer.alloc(524_288, 0x5a);
  for (let i = 0; i < frames; i++) yield frame;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
