import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { synthesise } from '../../../server/ecg/demo/synthesise.ts';
import { writeWfdb } from '../../../server/ecg/demo/writeWfdb.ts';
import { scp, startCounty, type County } from './county.ts';

let county: County;
beforeAll(async () => {
  county = await startCounty();
});
afterAll(async () => county.hub.close());

describe('a recording on its way through the county', () => {
  test('upload, worklist, claim, read, sign, PDF to scale, acknowledgement', async () => {
    const { doctor, reader, upload, order } = county;
    const placed = await order({ priority: 'emergency', flags: ['chest-pain'] });
    const sent = await upload(scp(), `/api/ecg/recordings?orderId=${placed.id}`);
    expect(sent.status).toBe(201);
    expect(sent.body).toMatchObject({
      format: 'scp',
      samplingRateHz: 500,
      join: { state: 'joined', orderId: placed.id, differences: [] },
    });

    const list = await reader.get('/api/centers/ecg/worklist');
    const row = list.body.items.find((item: { orderId: string }) => item.orderId === placed.id);
    expect(row).toMatchObject({ status: 'received', priority: 'emergency', patientName: '张三' });
    expect(new Date(row.dueAt).getTime() - Date.now()).toBeLessThan(10 * 60_000 + 1000);
    const marks = await reader.get('/api/ecg/worklist-marks');
    expect(marks.body.items.find((item: { orderId: string }) => item.orderId === placed.id)).toMatchObject({
      heartRateBpm: 72,
    });

    expect((await reader.post(`/api/orders/${placed.id}/claim`)).status).toBe(200);
    const recording = (await reader.get(`/api/ecg/recordings/${sent.body.id}`)).body;
    expect(recording.leads).toHaveLength(12);
    expect(recording.leads[1].microvolts).toHaveLength(5000);
    expect(recording.measurements).toMatchObject({ heartRateBpm: 72 });
    expect(recording.label).toBe('自动测量,供参考');

    const draft = await reader.get(`/api/orders/${placed.id}/report`);
    const saved = await reader.put(
      `/api/orders/${placed.id}/report`,
      { findings: '窦性心律,心率 72 次/分', impression: '正常心电图', positive: false, critical: false },
      { 'if-match': draft.headers.get('etag')! },
    );
    expect(saved.status).toBe(200);
    const signed = await reader.post(`/api/orders/${placed.id}/report/sign`, { pin: '246810' });
    expect(signed.status).toBe(200);
    const pdf = await doctor.get(`/api/orders/${placed.id}/report.pdf`);
    expect(pdf.status).toBe(200);
    checkPaper(pdf.body);
    expect((await doctor.post(`/api/orders/${placed.id}/acknowledge`, {})).status).toBe(200);
    expect((await doctor.get(`/api/orders/${placed.id}`)).body.status).toBe('acknowledged');
  });

  /** The pages: text where pdftotext is there, 5 mm lines really 5 mm apart. */
  function checkPaper(pdf: Buffer): void {
    const folder = mkdtempSync(join(tmpdir(), 'ecg-pdf-'));
    const file = join(folder, 'report.pdf');
    writeFileSync(file, pdf);
    try {
      const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
      expect(text).toContain('正常心电图');
      expect(text).toContain('25 mm/s');
      execFileSync('pdftoppm', ['-r', '254', '-f', '2', '-l', '2', '-gray', file, join(folder, 'page')]);
      const page = ['page-2.pgm', 'page-02.pgm'].flatMap((name) => {
        try {
          return [readFileSync(join(folder, name))];
        } catch {
          return [];
        }
      })[0]!;
      expect(gridSpacing(page)).toBeCloseTo(5, 1);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Distance of the dark vertical lines in mm, at 10 pixels a millimetre, from the columns' darkness. */
  function gridSpacing(pgm: Buffer): number {
    const head = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(pgm.subarray(0, 40).toString('latin1'))!;
    const [width, height] = [Number(head[1]), Number(head[2])];
    const pixels = pgm.subarray(head[0].length);
    const dark = Array.from({ length: width }, (_, x) => {
      let sum = 0;
      for (let y = Math.floor(height * 0.3); y < height * 0.7; y++) sum += 255 - pixels[y * width + x]!;
      return sum;
    });
    let best = 0;
    let bestLag = 0;
    for (let lag = 35; lag <= 65; lag++) {
      let sum = 0;
      for (let x = 300; x < width - 300; x++) sum += dark[x]! * dark[x + lag]!;
      if (sum > best) [best, bestLag] = [sum, lag];
    }
    return bestLag / 10;
  }

  test('a report that was submitted though nobody must is signed by who verifies', async () => {
    const { hub, doctor, reader, upload, order } = county;
    const placed = await order();
    await upload(scp({ bpm: 73 }), `/api/ecg/recordings?orderId=${placed.id}`);
    expect((await reader.post(`/api/orders/${placed.id}/claim`)).status).toBe(200);
    const draft = await reader.get(`/api/orders/${placed.id}/report`);
    await reader.put(
      `/api/orders/${placed.id}/report`,
      { findings: '窦性心律', impression: '正常心电图', positive: false, critical: false },
      { 'if-match': draft.headers.get('etag')! },
    );
    const verifier = await hub.as('cardiologist2');
    const sign = () => verifier.post(`/api/orders/${placed.id}/report/sign`, { pin: '246810' });
    expect((await sign()).body.type).toBe('claimed-by-other');
    expect((await reader.post(`/api/orders/${placed.id}/report/submit`, {})).status).toBe(200);
    expect((await sign()).status).toBe(200);
    expect((await doctor.get(`/api/orders/${placed.id}`)).body.status).toBe('final');
  });

  test('a critical flag is confirmed by a doctor and becomes a critical value; corrected marks keep both versions', async () => {
    const { doctor, reader, uploadFiles, order } = county;
    const placed = await order();
    const files = writeWfdb('T8', synthesise({ bpm: 80, st: { I: -60, II: 320 } }, 10), 500, ['SYNTHETIC']);
    const sent = await uploadFiles(files, `/api/ecg/recordings?orderId=${placed.id}`);
    const before = (await reader.get(`/api/ecg/recordings/${sent.body.id}?samples=false`)).body;
    const flag = before.flags.find((entry: { ruleCode: string }) => entry.ruleCode === 'st-elevation');
    expect(flag).toMatchObject({ tier: 'critical', state: 'open' });
    expect(flag.lead).toContain('III');
    expect((await doctor.get(`/api/orders/${placed.id}`)).body.priority).toBe('emergency');
    const decided = await reader.post(`/api/ecg/flags/${flag.id}/decision`, {
      orderId: placed.id,
      decision: 'confirm',
      finding: '疑似急性下壁心肌梗死',
    });
    expect(decided.body).toMatchObject({ state: 'confirmed', criticalId: expect.any(String) });
    expect(
      (await reader.post(`/api/ecg/flags/${flag.id}/decision`, { orderId: placed.id, decision: 'dismiss' }))
        .status,
    ).toBe(409);
    expect((await doctor.get(`/api/orders/${placed.id}`)).body.critical).toBe(true);

    const marks = before.automatic.medianBeat.fiducials;
    const corrected = await reader.post(`/api/ecg/recordings/${sent.body.id}/corrections`, {
      fiducials: { ...marks, tOffMs: marks.tOffMs - 40 },
    });
    expect(corrected.status).toBe(201);
    const after = (await reader.get(`/api/ecg/recordings/${sent.body.id}?samples=false`)).body;
    expect(after.measurements.qtMs).toBe(after.automatic.measurements.qtMs - 40);
    expect(
      (
        await reader.post(`/api/ecg/recordings/${sent.body.id}/corrections`, {
          fiducials: { ...marks, qrsOffMs: 1 },
        })
      ).status,
    ).toBe(422);
    const earlier = await reader.get(`/api/ecg/orders/${placed.id}/earlier`);
    expect(earlier.status).toBe(200);
  });
});
