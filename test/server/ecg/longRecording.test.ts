import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LongStrip } from '../../../server/ecg/analysis/analyseLong.ts';
import { seedEcgDemo } from '../../../server/ecg/demo/seedDemo.ts';
import { synthesise } from '../../../server/ecg/demo/synthesise.ts';
import { writeWfdb } from '../../../server/ecg/demo/writeWfdb.ts';
import { startCounty, type County } from './county.ts';

let county: County;
beforeAll(async () => {
  county = await startCounty();
});
afterAll(async () => county.hub.close());

describe('a long recording', () => {
  test('that came compressed is unpacked once: its pages are those of the files, the archive stays the original', async () => {
    const { hub, reader, upload, uploadFiles } = county;
    const files = writeWfdb('D1', synthesise({ bpm: 60 }, 400), 500, ['SYNTHETIC']);
    const archive = zipSync(Object.fromEntries(files.map((file) => [file.name, file.bytes])));
    const packed = await upload(archive);
    const plain = await uploadFiles(files);
    expect(packed.body.durationMs).toBe(plain.body.durationMs);
    const page = async (id: string) =>
      (await reader.get(`/api/ecg/recordings/${id}/samples?from=50000&to=60000`)).body;
    const pages = await Promise.all([packed, plain].map((sent) => page(sent.body.id)));
    expect(Buffer.compare(pages[0]!, pages[1]!)).toBe(0);
    const members = await hub.ctx.db
      .selectFrom('ecgRecordingMember')
      .innerJoin('ecgRecordingFile', (join) =>
        join
          .onRef('ecgRecordingFile.objectAddress', '=', 'ecgRecordingMember.objectAddress')
          .on('ecgRecordingFile.recordingId', '=', plain.body.id),
      )
      .select('ecgRecordingMember.name')
      .where('ecgRecordingMember.recordingId', '=', packed.body.id)
      .execute();
    expect(members.map((member) => member.name).sort()).toEqual(files.map((file) => file.name).sort());
    const original = await reader.get(`/api/ecg/recordings/${packed.body.id}/original`);
    expect(Buffer.compare(original.body, Buffer.from(archive))).toBe(0);
  });

  test('the demo content is synthetic and says so; a long strip is measured by the worker; statistics count', async () => {
    const { hub, doctor, reader, upload } = county;
    expect((await upload(Buffer.from('no recording'))).status).toBe(202);
    await seedEcgDemo(hub.ctx);
    const longOnes = hub.ctx.db
      .selectFrom('ecgRecording')
      .select(['id', 'durationMs'])
      .where('durationMs', '>', 600_000);
    // the day is made a little after the start
    await expect
      .poll(async () => (await longOnes.execute()).length, { timeout: 180_000, interval: 500 })
      .toBe(1);
    const rows = await hub.ctx.db
      .selectFrom('ecgRecording')
      .select(['id', 'durationMs'])
      .where('source', '=', 'demo')
      .where('synthetic', '=', true)
      .execute();
    expect(rows.length).toBeGreaterThan(8);
    const long = rows.find((row) => row.durationMs > 600_000)!;
    await expect
      .poll(
        async () =>
          (
            await hub.ctx.db
              .selectFrom('ecgAnalysis')
              .select('longStrip')
              .where('recordingId', '=', long.id)
              .executeTakeFirst()
          )?.longStrip,
        { timeout: 180_000, interval: 300 },
      )
      .toBeTruthy();
    const { longStrip } = await hub.ctx.db
      .selectFrom('ecgAnalysis')
      .select('longStrip')
      .where('recordingId', '=', long.id)
      .executeTakeFirstOrThrow();
    const strip = longStrip as unknown as LongStrip;
    expect(strip.trend).toHaveLength(1440);
    // fibrillation of one hundredth of a day is an event with its length, and a flag
    expect(strip.events.filter((event) => event.kind === 'fibrillation')).toEqual([
      { kind: 'fibrillation', atMs: 33_840_000, lengthMs: 840_000, value: 840 },
    ]);
    expect((await reader.get(`/api/ecg/recordings/${long.id}`)).body.flags).toContainEqual(
      expect.objectContaining({
        ruleCode: 'atrial-fibrillation',
        lead: 'II/V1',
        atMs: 33_840_000,
        values: { episodes: 1, longestSeconds: 840, burdenPercent: 0.97 },
      }),
    );
    const { orderId } = await hub.ctx.db
      .selectFrom('ecgRecordingOrder')
      .select('orderId')
      .where('recordingId', '=', long.id)
      .executeTakeFirstOrThrow();
    await reader.post(`/api/orders/${orderId}/claim`);
    const draft = await reader.get(`/api/orders/${orderId}/report`);
    await reader.put(
      `/api/orders/${orderId}/report`,
      { findings: '', impression: '窦性心律,室性早搏', positive: true, critical: false },
      { 'if-match': draft.headers.get('etag')! },
    );
    expect((await reader.post(`/api/orders/${orderId}/report/sign`, { pin: '246810' })).status).toBe(200);
    const pdf = (await doctor.get(`/api/orders/${orderId}/report.pdf`)).body;
    const folder = mkdtempSync(join(tmpdir(), 'ecg-long-'));
    writeFileSync(join(folder, 'long.pdf'), pdf);
    const text = execFileSync('pdftotext', ['-layout', join(folder, 'long.pdf'), '-'], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    for (const words of ['长程心电', '总心搏', '心率趋势', '室性早搏', '共 ', '1 段,占 0.97%'])
      expect(text).toContain(words);
    const now = Date.now();
    const figures = await reader.get(
      `/api/ecg/statistics?from=${new Date(now - 3_600_000).toISOString()}&to=${new Date(now + 3_600_000).toISOString()}`,
    );
    expect(figures.body.items[0]).toMatchObject({
      institutionName: expect.stringContaining('柳河'),
      unreadable: 1,
    });
    const site = figures.body.items[0];
    for (const [figure, count] of [
      ['uploads', site.uploads],
      ['unreadable', 1],
      ['critical', site.criticalFlags],
      ['signed', site.signed],
      ['on-time', site.onTime],
      ['late', site.signed - site.onTime],
      // at least one case is as slow as the ninetieth of a hundred
      ['p90', 1],
    ] as const) {
      const cases = await reader.get(
        `/api/ecg/statistics/cases?institutionId=${site.institutionId}&figure=${figure}&from=${new Date(now - 3_600_000).toISOString()}&to=${new Date(now + 3_600_000).toISOString()}`,
      );
      expect([figure, cases.body.items.length]).toEqual([figure, count]);
    }
  }, 400_000);
});
