import { mkdtempSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { synthesise } from '../../../server/ecg/demo/synthesise.ts';
import { writeWfdb } from '../../../server/ecg/demo/writeWfdb.ts';
import { scp, startCounty, type County } from './county.ts';
import { fixture, fixturesPresent } from './fixtures.ts';

let county: County;
beforeAll(async () => {
  county = await startCounty();
});
afterAll(async () => county.hub.close());

describe('the ways in of a recording', () => {
  test('an unreadable file is kept with its reason, the same bytes twice are one recording', async () => {
    const { reader, upload } = county;
    const bad = await upload(scp().subarray(0, 900));
    expect(bad.status).toBe(202);
    expect(bad.body).toMatchObject({
      status: 'quarantine',
      fault: 'cut-off',
      reason: expect.stringContaining('cut off'),
    });
    const bytes = scp({ bpm: 90 });
    const first = await upload(bytes);
    const again = await upload(bytes);
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body.id).toBe(first.body.id);
    const original = await reader.get(`/api/ecg/recordings/${first.body.id}/original`);
    expect(Buffer.compare(original.body, Buffer.from(bytes))).toBe(0);
  });

  test('WFDB comes as multipart; samples come as int16; strangers see nothing', async () => {
    const { hub, reader, upload, uploadFiles } = county;
    const files = writeWfdb('T9', synthesise({ bpm: 60 }, 10), 500, ['SYNTHETIC']);
    const sent = await uploadFiles(files, '/api/ecg/recordings');
    expect(sent.body).toMatchObject({ format: 'wfdb' });
    const block = await reader.get(`/api/ecg/recordings/${sent.body.id}/samples?from=100&to=600&leads=II,V5`);
    expect(block.body.length).toBe(2 * 500 * 2);
    expect(block.headers.get('x-ecg-microvolt-per-unit')).toBe('2.5,2.5');
    const radiologist = await hub.as('radiologist1');
    expect((await radiologist.get(`/api/ecg/recordings/${sent.body.id}`)).status).toBe(404);
    expect((await upload(files[0]!.bytes, undefined, await hub.as('regulator1'))).status).toBe(403);
  });

  test('a recording is measured beside the thread that answers', async () => {
    const { upload, uploadFiles } = county;
    const minute = writeWfdb('M1', synthesise({ bpm: 77 }, 60, 500, 3, ['II']), 500, ['SYNTHETIC']);
    await upload(scp({ bpm: 81 })); // the thread is warm
    const before = process.threadCpuUsage();
    const started = process.cpuUsage();
    const sent = await uploadFiles(minute, '/api/ecg/recordings');
    const here = process.threadCpuUsage(before);
    const all = process.cpuUsage(started);
    expect(sent.body.durationMs).toBe(60_000);
    // two networks, at several speeds: most of the work is done elsewhere
    expect(here.user + here.system).toBeLessThan(0.5 * (all.user + all.system));
  });

  test('a body that the sender compressed, and file names of a form, come as they were', async () => {
    const { hub, tech, reader, uploadFiles } = county;
    const send = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
      fetch(`${hub.url}/api/ecg/recordings`, {
        method: 'POST',
        headers: { cookie: tech.cookie, origin: hub.url, ...headers },
        body,
      });
    const bytes = scp({ bpm: 52 });
    const sent = await send(Uint8Array.from(gzipSync(bytes)), {
      'content-encoding': 'gzip',
      'x-file-name': encodeURIComponent('心电.scp'),
    });
    expect(sent.status).toBe(201);
    const { id } = (await sent.json()) as { id: string };
    const original = await reader.get(`/api/ecg/recordings/${id}/original`);
    expect(Buffer.compare(original.body, Buffer.from(bytes))).toBe(0);
    expect(decodeURIComponent(original.headers.get('content-disposition')!)).toContain('心电.scp');
    const form = await uploadFiles([{ name: '张 "三" 心电.scp', bytes: scp({ bpm: 53 }) }]);
    const named = await reader.get(`/api/ecg/recordings/${form.body.id}/original`);
    expect(decodeURIComponent(named.headers.get('content-disposition')!)).toContain('张 "三" 心电.scp');
    expect((await send('x', { 'content-encoding': 'compress' })).status).toBe(400);
    expect((await send('x', { 'content-type': 'multipart/form-data' })).status).toBe(400);
  });

  test('a watched folder is emptied into the hub, what cannot be read is set apart', async () => {
    const { hub, reader } = county;
    const folder = mkdtempSync(join(tmpdir(), 'ecg-watch-'));
    const files = writeWfdb('W1', synthesise({ bpm: 77 }, 10), 500, ['SYNTHETIC']);
    for (const file of [
      ...files,
      { name: 'a.scp', bytes: scp({ bpm: 76 }) },
      { name: 'b.scp', bytes: Buffer.from('no recording') },
      // half a record that nobody completes
      { name: 'c.mat', bytes: Buffer.from('samples without a header') },
    ]) {
      const age = file.name === 'c.mat' ? 20 * 60_000 : 10_000;
      writeFileSync(join(folder, file.name), file.bytes);
      utimesSync(join(folder, file.name), new Date(), new Date(Date.now() - age));
    }
    const admin = await hub.as('admin1');
    expect((await reader.put('/api/ecg/folders', { folders: [] })).status).toBe(403);
    expect(
      (await admin.put('/api/ecg/folders', { folders: [{ path: folder, institution: 'LIUHE' }] })).status,
    ).toBe(200);
    await expect
      .poll(() => readdirSync(folder).sort(), { timeout: 120_000, interval: 200 })
      .toEqual(['done', 'unreadable']);
    await expect.poll(() => readdirSync(join(folder, 'done')).length, { timeout: 120_000 }).toBe(3);
    expect(readdirSync(join(folder, 'unreadable'))).toHaveLength(2);
    const formats = await hub.ctx.db
      .selectFrom('ecgRecording')
      .select('format')
      .where('source', '=', 'folder')
      .execute();
    expect(formats.map((row) => row.format).sort()).toEqual(['scp', 'wfdb']);
    const before = new Date(Date.now() - 11 * 60_000);
    for (const [name, bytes] of [
      ['empty.scp', 0],
      ['large.dcm', 301 * 1024 * 1024],
    ] as const) {
      const file = join(folder, name);
      writeFileSync(file, '');
      truncateSync(file, bytes);
      utimesSync(file, before, before);
    }
    expect((await admin.get('/api/ecg/folders')).body.items).toMatchObject([
      {
        path: folder,
        readable: true,
        left: [
          { name: 'empty.scp', reason: 'empty' },
          { name: 'large.dcm', reason: 'too-large' },
        ],
      },
    ]);
    await admin.put('/api/ecg/folders', { folders: [] });
    rmSync(folder, { recursive: true });
  });

  test.skipIf(!fixturesPresent)(
    'the reference recording is answered with its exact microvolts (../shared/fixtures)',
    async () => {
      const { reader, upload } = county;
      const sent = await upload(fixture('reference', 'example.scp'));
      const answer = (await reader.get(`/api/ecg/recordings/${sent.body.id}`)).body;
      expect(answer.leads[0].microvolts.slice(0, 8)).toEqual([-5, -5, -5, -5, -7.5, -10, -7.5, -12.5]);
      expect(answer.machine.measurements.prMs).toBe(148);
    },
  );
});
