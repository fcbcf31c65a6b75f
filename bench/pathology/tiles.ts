import { open, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { Actor } from '../../server/core/access/actor.ts';
import type { Context } from '../../server/core/context.ts';
import { beginUpload } from '../../server/pathology/slides/beginUpload.ts';
import { appendUpload } from '../../server/pathology/slides/appendUpload.ts';
import { finishUpload } from '../../server/pathology/slides/finishUpload.ts';
import { hugeSlide, makeSlide } from '../../server/pathology/synthetic/makeSlide.ts';
import { startRoles } from '../../server/roles.ts';
import type { Bench, BenchRow } from '../bench.ts';
import { percentile } from '../helpers/percentile.ts';
import { scratchHub } from '../helpers/scratchHub.ts';
import { startDeepZoom } from './deepZoom.ts';
import { walk } from './walk.ts';

const viewers = 8;
const tilesPerViewer = Number(process.env.BENCH_TILES ?? 400);
const command = 'npm run bench -- --only pathology.tiles';

async function pathologist(ctx: Context): Promise<Actor> {
  const staff = await ctx.db
    .selectFrom('staff')
    .select(['id', 'name', 'institutionId'])
    .where('username', '=', 'pathologist1')
    .executeTakeFirstOrThrow();
  const roles = [
    { role: 'reporter' as const, institutionId: staff.institutionId, centerKind: 'pathology' as const },
  ];
  return { kind: 'staff', ...staff, roles, verbs: [] };
}

async function upload(ctx: Context, actor: Actor, bytes: Buffer): Promise<string> {
  const { id } = await beginUpload(ctx, actor, { fileName: 'bench.svs', fileSize: bytes.length });
  await appendUpload(ctx, actor, id, 0, Readable.from([bytes]));
  return (await finishUpload(ctx, actor, id)).id;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: viewers });

function fetchBytes(
  url: string,
  headers: Record<string, string>,
): Promise<{ ms: number; bytes: number; status: number }> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    http
      .get(url, { headers, agent }, (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => (bytes += chunk.length));
        response.on('end', () =>
          resolve({ ms: performance.now() - start, bytes, status: response.statusCode ?? 0 }),
        );
        response.on('error', reject);
      })
      .on('error', reject);
  });
}

/** Eight viewers at once, each asking for its own walk over the slide, one tile after the other. */
async function measure(
  urlOf: (level: number, column: number, row: number) => string,
  headers: Record<string, string>,
) {
  const samples: number[] = [];
  const start = performance.now();
  await Promise.all(
    Array.from({ length: viewers }, async (_, viewer) => {
      for (const place of walk(viewer, tilesPerViewer)) {
        const { ms, status, bytes } = await fetchBytes(urlOf(place.level, place.column, place.row), headers);
        if (status !== 200 || bytes === 0)
          throw new Error(`tile ${JSON.stringify(place)} answered ${status}`);
        samples.push(ms);
      }
    }),
  );
  return { samples, perSecond: (samples.length * 1000) / (performance.now() - start) };
}

/** The same reads straight from the file, eight at once: what no server can beat. */
async function rawReads(file: string, size: number): Promise<number[]> {
  const handle = await open(file, 'r');
  const samples: number[] = [];
  await Promise.all(
    Array.from({ length: viewers }, async (_, viewer) => {
      const buffer = Buffer.alloc(16_384);
      for (let n = 0; n < tilesPerViewer; n++) {
        const at = ((viewer * 7919 + n * 104_729) * 4096) % (size - buffer.length);
        const start = performance.now();
        await handle.read(buffer, 0, buffer.length, at);
        samples.push(performance.now() - start);
      }
    }),
  );
  await handle.close();
  return samples;
}

async function cookieOf(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ username: 'pathologist1', password: 'Demo-2026!' }),
  });
  if (!answer.ok) throw new Error(`sign-in answered ${answer.status}`);
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

async function openTimes(url: string, headers: Record<string, string>, id: string): Promise<number[]> {
  const samples: number[] = [];
  for (let n = 0; n < 60; n++)
    samples.push((await fetchBytes(`${url}/api/pathology/slides/${id}`, headers)).ms);
  return samples.slice(10);
}

const range = (samples: number[]): [number, number] => [Math.min(...samples), Math.max(...samples)];

/** Tiles of a whole slide over HTTP on loopback, eight viewers, against a DeepZoom server on OpenSlide. */
export const pathologyTiles: Bench = {
  name: 'pathology.tiles',
  about:
    'tiles of a synthetic 100,000 × 80,000 slide, 8 viewers, against DeepZoom on OpenSlide and raw file reads',
  async run() {
    const hub = await scratchHub({ HUB_ROLES: 'web,dimse,hl7,worker' });
    const roles = await startRoles(hub.ctx);
    const rows: BenchRow[] = [];
    try {
      const actor = await pathologist(hub.ctx);
      const huge = await makeSlide(hugeSlide);
      const small = await makeSlide({ width: 4000, height: 3000, stain: 'HE', seed: 5 });
      const file = path.join(hub.folder, 'huge.svs');
      await writeFile(file, huge);
      const id = await upload(hub.ctx, actor, huge);
      const smallId = await upload(hub.ctx, actor, small);
      const url = `http://127.0.0.1:${roles.addresses.http}`;
      const headers = { cookie: await cookieOf(url) };
      const tileUrl = (level: number, column: number, row: number) =>
        `${url}/api/pathology/slides/${id}/tiles/${level}/${column}/${row}`;
      await measure(tileUrl, headers); // warm both sides' caches alike
      const ours = await measure(tileUrl, headers);
      const peer = await startDeepZoom(file);
      let theirs: { samples: number[]; perSecond: number } | undefined;
      if (peer) {
        try {
          await measure(peer.urlOf, {});
          theirs = await measure(peer.urlOf, {});
        } finally {
          await peer.close();
        }
      }
      const raw = await rawReads(file, huge.length);
      const compare = (p: number) => {
        if (!theirs) return { peer: 'OpenSlide DeepZoom' };
        const peerValue = percentile(theirs.samples, p);
        return { peer: 'OpenSlide DeepZoom', peerValue, ratio: peerValue / percentile(ours.samples, p) };
      };
      for (const [p, limit] of [
        [50, 10],
        [99, 50],
      ] as const) {
        const value = percentile(ours.samples, p);
        rows.push({
          name: `pathology.tiles p${p}`,
          value,
          unit: 'ms',
          spread: range(ours.samples),
          ...compare(p),
          target: `≤ ${limit} ms, 8 viewers`,
          pass: value <= limit,
          command,
        });
      }
      rows.push({
        name: 'pathology.tiles throughput',
        value: ours.perSecond,
        unit: 'tiles/s',
        spread: [ours.perSecond, ours.perSecond],
        peer: 'OpenSlide DeepZoom',
        ...(theirs ? { peerValue: theirs.perSecond, ratio: ours.perSecond / theirs.perSecond } : {}),
        target: 'above the peer',
        pass: theirs ? ours.perSecond > theirs.perSecond : null,
        command,
      });
      rows.push({
        name: 'pathology.tiles raw file read p50',
        value: percentile(raw, 50),
        unit: 'ms',
        spread: range(raw),
        target: 'the limit: no server',
        pass: true,
        command,
      });
      const hugeOpen = await openTimes(url, headers, id);
      const smallOpen = await openTimes(url, headers, smallId);
      const value = percentile(hugeOpen, 50);
      const peerValue = percentile(smallOpen, 50);
      rows.push({
        name: 'pathology.open 100,000 × 80,000',
        value,
        unit: 'ms',
        spread: range(hugeOpen),
        peer: 'slide of 4,000 × 3,000',
        peerValue,
        ratio: peerValue / value,
        target: 'as fast as a small slide, ≤ 1 s',
        pass: value <= 1000 && value <= 2 * peerValue,
        command,
      });
      return rows;
    } finally {
      await roles.close();
      await hub.close();
      agent.destroy();
    }
  },
};
