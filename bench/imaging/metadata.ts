import { machineActor } from '../../server/core/access/actor.ts';
import type { Context } from '../../server/core/context.ts';
import { closeArrival, openArrival } from '../../server/imaging/arrival.ts';
import { deriveSeries } from '../../server/imaging/derive/deriveSeries.ts';
import { openInstance } from '../../server/imaging/storeInstance.ts';
import fs from 'node:fs';
import path from 'node:path';
import type { Bench, BenchRow } from '../bench.ts';
import { writeCtStudies } from './ctFiles.ts';
import { startHubProcess } from './hubProcess.ts';
import { orthancMissing, startOrthanc, type Orthanc } from './orthanc.ts';
import { readingToken, timeRequests } from './requests.ts';

const command = 'npm run bench -- --only imaging.metadata';
const requests = Number(process.env.BENCH_REQUESTS ?? 100);
const sizes = [100, 600];
const targets: Record<number, number> = { 100: 5, 600: 20 };

/** Series metadata of 100 and 600 slices, and frames, over DICOMweb, against Orthanc with the same files. */
export const metadata: Bench = {
  name: 'imaging.metadata',
  about: 'metadata of a series of 100 and 600 slices, frames one by one; against Orthanc',
  async run() {
    const data = sizes.map((images, index) => ({
      images,
      uid: `2.25.5${index}1`,
      files: writeCtStudies(`5${index}`, 1, images),
    }));
    let token = '';
    const hub = await startHubProcess(async (ctx) => {
      token = await readingToken(ctx);
      for (const { files } of data) await fillHub(ctx, files.folders[0] ?? '');
    });
    const missing = process.env.BENCH_NO_PEER
      ? 'left out by BENCH_NO_PEER'
      : orthancMissing({ dicomWeb: true });
    if (missing) console.log(`Orthanc is not compared: ${missing}`);
    const orthanc = missing === undefined ? await startOrthanc() : undefined;
    try {
      for (const { files } of data) if (orthanc) await fillOrthanc(orthanc, files.folders[0] ?? '');
      const rows: BenchRow[] = [];
      const authorization = `Bearer ${token}`;
      for (const { images, uid } of data) {
        const of = (base: string) => () => `${base}/studies/${uid}/series/${uid}.1/metadata`;
        const ours = await timeRequests(
          of(hub.base),
          { authorization, accept: 'application/dicom+json', 'accept-encoding': 'gzip' },
          requests,
          1,
        );
        const theirs =
          orthanc &&
          (await timeRequests(
            of(orthanc.base),
            { accept: 'application/dicom+json', 'accept-encoding': 'gzip' },
            Math.min(requests, 20),
            1,
          ));
        rows.push({
          name: `imaging.metadata ${images} slices`,
          value: ours.p50,
          unit: 'ms p50',
          spread: [ours.p50, ours.p95],
          peer: 'Orthanc PostgreSQL',
          ...(theirs && { peerValue: theirs.p50, ratio: theirs.p50 / ours.p50 }),
          target: `at most ${targets[images]} ms`,
          pass: ours.p50 <= (targets[images] ?? 0),
          command,
        });
      }
      rows.push(await compareFrames(hub.base, orthanc, authorization));
      return rows;
    } finally {
      await hub.close();
      await orthanc?.close();
      for (const { files } of data) files.remove();
    }
  },
};

async function compareFrames(
  base: string,
  orthanc: Orthanc | undefined,
  authorization: string,
): Promise<BenchRow> {
  const uid = '2.25.501';
  const of = (root: string) => (n: number) =>
    `${root}/studies/${uid}/series/${uid}.1/instances/${uid}.1.${(n % 100) + 1}/frames/1`;
  const accept = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';
  const ours = await timeRequests(of(base), { authorization, accept }, requests * 5, 4);
  const theirs = orthanc && (await timeRequests(of(orthanc.base), { accept }, requests * 2, 4));
  console.log(
    `a frame is ${kilobytes(ours.bytes)} from the hub${theirs ? `, ${kilobytes(theirs.bytes)} from Orthanc` : ''}`,
  );
  return {
    name: 'imaging.metadata frames, 4 clients',
    value: ours.perSecond,
    unit: 'frames/s',
    spread: [ours.perSecond, ours.perSecond],
    peer: 'Orthanc PostgreSQL',
    ...(theirs && { peerValue: theirs.perSecond, ratio: ours.perSecond / theirs.perSecond }),
    target: "at least Orthanc's",
    pass: theirs ? ours.perSecond >= theirs.perSecond : null,
    command,
  };
}

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1_000)} kB`;

async function fillHub(ctx: Context, folder: string): Promise<void> {
  const device = await ctx.db
    .selectFrom('device')
    .selectAll()
    .where('aeTitle', '=', 'LIUHE')
    .executeTakeFirstOrThrow();
  const institutionId = device.institutionId ?? '';
  const arrival = openArrival({
    actor: machineActor(device.name, device.id, institutionId, []),
    institutionId,
    deviceId: device.id,
    aeTitle: 'LIUHE',
  });
  for (const name of fs.readdirSync(folder)) {
    const sink = await openInstance(ctx, arrival);
    await sink.write(fs.readFileSync(path.join(folder, name)));
    await sink.finish();
  }
  await closeArrival(ctx, arrival);
  const series = await ctx.db
    .selectFrom('series')
    .select('id')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  await ctx.db.deleteFrom('job').execute();
  await deriveSeries(ctx, series.id);
}

async function fillOrthanc(orthanc: Orthanc, folder: string): Promise<void> {
  const root = orthanc.base.replace(/\/dicom-web$/, '');
  for (const name of fs.readdirSync(folder)) {
    const answer = await fetch(`${root}/instances`, {
      method: 'POST',
      body: new Uint8Array(fs.readFileSync(path.join(folder, name))),
      headers: { 'content-type': 'application/dicom' },
    });
    await answer.arrayBuffer();
  }
}
