import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Answer, type Client, type TestHub } from '../../helpers/hub.ts';
import type { LongStrip } from '../../../server/ecg/analysis/analyseLong.ts';
import { seedEcgDemo } from '../../../server/ecg/demo/seedDemo.ts';
import { synthesise } from '../../../server/ecg/demo/synthesise.ts';
import { writeWfdb } from '../../../server/ecg/demo/writeWfdb.ts';
import { writeScp } from './instruments/scpWriter.ts';
import { eightLeads } from './instruments/synthetic.ts';
import { fixture, fixturesPresent } from './fixtures.ts';

let hub: TestHub;
let tech: Client;
let doctor: Client;
let reader: Client;

beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web,worker' } });
  [tech, doctor, reader] = (await Promise.all(
    ['tech1', 'doctor1', 'cardiologist1'].map((name) => hub.as(name)),
  )) as [Client, Client, Client];
});
afterAll(async () => hub.close());

async function upload(
  client: Client,
  bytes: Uint8Array,
  path = '/api/ecg/recordings',
  type = 'application/octet-stream',
): Promise<Answer> {
  const response = await fetch(hub.url + path, {
    method: 'POST',
    headers: { cookie: client.cookie, origin: hub.url, 'content-type': type },
    body: Uint8Array.from(bytes),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const consent = { by: '张三', at: new Date().toISOString() };
let number = 0;
async function order(more: Record<string, unknown> = {}): Promise<{ id: string; accessionNumber: string }> {
  const answer = await doctor.post('/api/orders', {
    center: 'ecg',
    items: [{ code: 'ECG-12' }],
    priority: 'routine',
    remoteConsent: consent,
    patient: {
      name: '张三',
      sex: 'M',
      birthDate: '1953-05-08',
      identifiers: [{ type: 'mrn', value: `M${++number}` }],
    },
    ...more,
  });
  expect(answer.status).toBe(201);
  return answer.body;
}

const gbk = (text: string): Uint8Array => Buffer.from(text);
function scp(more: { name?: string; number?: string; sequence?: string; bpm?: number } = {}): Uint8Array {
  const tag = (id: number, text: string) => ({ tag: id, bytes: gbk(`${text}\0`) });
  return writeScp({
    leads: eightLeads(5000, 500, more.bpm),
    patient: [
      tag(0, more.name ?? '张三'),
      ...(more.number ? [tag(2, more.number)] : []),
      ...(more.sequence ? [tag(31, more.sequence)] : []),
    ],
  });
}

describe('a recording on its way through the county', () => {
  test('upload, worklist, claim, read, sign, PDF to scale, acknowledgement', async () => {
    const placed = await order({ priority: 'emergency', flags: ['chest-pain'] });
    const sent = await upload(tech, scp(), `/api/ecg/recordings?orderId=${placed.id}`);
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
    const placed = await order();
    await upload(tech, scp({ bpm: 73 }), `/api/ecg/recordings?orderId=${placed.id}`);
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

  test('a number alone never joins: right number and right patient do, a contradiction goes to a person', async () => {
    const mine = await order();
    const agreeing = await upload(
      tech,
      scp({ sequence: mine.accessionNumber, number: `M${number}`, bpm: 70 }),
    );
    expect(agreeing.body.join).toMatchObject({ state: 'joined', orderId: mine.id });
    const other = await order();
    const wrong = await upload(tech, scp({ sequence: other.accessionNumber, name: '李四', bpm: 71 }));
    expect(wrong.body.join).toMatchObject({ state: 'mismatch' });
    expect(wrong.body.join.differences[0]).toMatchObject({ field: 'name', input: '李四', order: '张三' });
    expect((await doctor.get(`/api/orders/${other.id}`)).body.status).toBe('requested');
    const queued = await hub.ctx.db
      .selectFrom('unmatchedInput')
      .select(['kind', 'reason'])
      .where('subjectId', '=', wrong.body.id)
      .executeTakeFirstOrThrow();
    expect(queued).toEqual({ kind: 'mismatch', reason: 'the number is right but name differ' });
  });

  test('naming the order does not overrule the patient: a contradiction waits for a person, an emergency is read meanwhile', async () => {
    const routine = await order();
    const wrong = await upload(
      tech,
      scp({ name: '李四', bpm: 66 }),
      `/api/ecg/recordings?orderId=${routine.id}`,
    );
    expect(wrong.status).toBe(201);
    expect(wrong.body.join).toMatchObject({
      state: 'mismatch',
      differences: [{ field: 'name', input: '李四', order: '张三' }],
    });
    expect((await doctor.get(`/api/orders/${routine.id}`)).body.status).toBe('requested');
    const chestPain = await order({ priority: 'emergency', flags: ['chest-pain'] });
    const urgent = await upload(
      tech,
      scp({ name: '李四', bpm: 67 }),
      `/api/ecg/recordings?orderId=${chestPain.id}`,
    );
    expect(urgent.body.join.state).toBe('mismatch');
    const meanwhile = (await reader.get(`/api/orders/${urgent.body.join.orderId}`)).body;
    expect(meanwhile).toMatchObject({ provisional: true, priority: 'emergency', status: 'received' });
    const registrar = await hub.as('registrar1');
    const waiting = (await registrar.get('/api/ecg/unmatched')).body.items.find(
      (item: { orderId: string | null }) => item.orderId === meanwhile.id,
    );
    expect(waiting.candidates[0]).toMatchObject({ orderId: chestPain.id });
    expect(
      (
        await registrar.post(`/api/ecg/unmatched/${waiting.id}/decide`, {
          decision: 'join',
          orderId: chestPain.id,
        })
      ).body,
    ).toMatchObject({ state: 'resolved' });
    const joined = (await reader.get(`/api/orders/${chestPain.id}`)).body;
    expect(joined.status).toBe('received');
    expect(joined.input.recordings[0].differences).toMatchObject([{ field: 'name', input: '李四' }]);
    expect((await reader.get(`/api/orders/${meanwhile.id}`)).body.status).toBe('cancelled');
    const problems = await reader.get(`/api/orders/${chestPain.id}/report/problems`);
    expect(problems.body.items.map((problem: { code: string }) => problem.code)).toEqual(
      expect.arrayContaining(['empty-report', 'patient-differs']),
    );
  });

  test('without an order a provisional one stands in the worklist; a person joins it to the right order', async () => {
    const stray = await upload(tech, scp({ name: '王五', bpm: 64 }));
    expect(stray.body.join).toMatchObject({ state: 'provisional' });
    const provisional = (await reader.get(`/api/orders/${stray.body.join.orderId}`)).body;
    expect(provisional).toMatchObject({
      status: 'received',
      provisional: true,
      patient: { name: '王五', identity: 'unverified' },
    });
    const right = await order();
    const head = await hub.as('registrar1');
    const joined = await head.post(`/api/ecg/recordings/${stray.body.id}/join`, { orderId: right.id });
    expect(joined.body).toMatchObject({ status: 'received' });
    expect((await reader.get(`/api/orders/${stray.body.join.orderId}`)).body.status).toBe('cancelled');
  });

  test('an unreadable file is kept with its reason, the same bytes twice are one recording', async () => {
    const bad = await upload(tech, scp().subarray(0, 900));
    expect(bad.status).toBe(202);
    expect(bad.body).toMatchObject({
      status: 'quarantine',
      fault: 'cut-off',
      reason: expect.stringContaining('cut off'),
    });
    const bytes = scp({ bpm: 90 });
    const first = await upload(tech, bytes);
    const again = await upload(tech, bytes);
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body.id).toBe(first.body.id);
    const original = await reader.get(`/api/ecg/recordings/${first.body.id}/original`);
    expect(Buffer.compare(original.body, Buffer.from(bytes))).toBe(0);
  });

  test('WFDB comes as multipart; samples come as int16; strangers see nothing', async () => {
    const files = writeWfdb('T9', synthesise({ bpm: 60 }, 10), 500, ['SYNTHETIC']);
    const form = new FormData();
    for (const file of files) form.append('file', new Blob([Uint8Array.from(file.bytes)]), file.name);
    const encoded = new Response(form);
    const sent = await upload(
      tech,
      new Uint8Array(await encoded.arrayBuffer()),
      '/api/ecg/recordings',
      encoded.headers.get('content-type')!,
    );
    expect(sent.body).toMatchObject({ format: 'wfdb' });
    const block = await reader.get(`/api/ecg/recordings/${sent.body.id}/samples?from=100&to=600&leads=II,V5`);
    expect(block.body.length).toBe(2 * 500 * 2);
    expect(block.headers.get('x-ecg-microvolt-per-unit')).toBe('2.5,2.5');
    const radiologist = await hub.as('radiologist1');
    expect((await radiologist.get(`/api/ecg/recordings/${sent.body.id}`)).status).toBe(404);
    expect((await upload(await hub.as('regulator1'), files[0]!.bytes)).status).toBe(403);
  });

  test('a critical flag is confirmed by a doctor and becomes a critical value; corrected marks keep both versions', async () => {
    const placed = await order();
    const files = writeWfdb('T8', synthesise({ bpm: 80, st: { I: -60, II: 320 } }, 10), 500, ['SYNTHETIC']);
    const form = new FormData();
    for (const file of files) form.append('file', new Blob([Uint8Array.from(file.bytes)]), file.name);
    const encoded = new Response(form);
    const sent = await upload(
      tech,
      new Uint8Array(await encoded.arrayBuffer()),
      `/api/ecg/recordings?orderId=${placed.id}`,
      encoded.headers.get('content-type')!,
    );
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

  test('the registrar decides: an unreadable file becomes a document of a case, a stray one is confirmed', async () => {
    const registrar = await hub.as('registrar1');
    const bad = await upload(tech, scp({ bpm: 61 }).subarray(0, 700));
    const placed = await order();
    const attached = await registrar.post(`/api/ecg/unmatched/${bad.body.unmatchedId}/decide`, {
      decision: 'join',
      orderId: placed.id,
    });
    expect(attached.body).toMatchObject({ state: 'resolved' });
    const described = (await reader.get(`/api/orders/${placed.id}`)).body;
    expect(described).toMatchObject({ status: 'received', input: { recordings: [{ format: 'document' }] } });
    expect(
      (
        await registrar.post(`/api/ecg/unmatched/${bad.body.unmatchedId}/decide`, {
          decision: 'discard',
          reason: 'x',
        })
      ).status,
    ).toBe(409);
    const stray = await upload(tech, scp({ name: '赵六', bpm: 62 }));
    const waiting = (await registrar.get('/api/ecg/unmatched')).body.items.find(
      (item: { subjectId: string }) => item.subjectId === stray.body.id,
    );
    expect(waiting).toMatchObject({ kind: 'no-order', detail: { patientName: '赵六' } });
    expect(
      (await registrar.post(`/api/ecg/unmatched/${waiting.id}/decide`, { decision: 'confirm' })).body.state,
    ).toBe('resolved');
    expect((await reader.get(`/api/orders/${stray.body.join.orderId}`)).body).toMatchObject({
      provisional: false,
      patient: { identity: 'verified' },
    });
    expect((await tech.get('/api/ecg/unmatched')).status).toBe(403);
  });

  test('a watched folder is emptied into the hub, what cannot be read is set apart', async () => {
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

  test('statements are found by initials and number and added by the head', async () => {
    expect(
      (await reader.get('/api/ecg/statements?q=dxxl')).body.items.map(
        (item: { textZh: string }) => item.textZh,
      ),
    ).toContain('窦性心律');
    expect((await reader.get('/api/ecg/statements?q=1')).body.items[0].textZh).toBe('正常心电图');
    const head = await hub.as('head1');
    const entry = { category: 'other', textZh: '检查 PR 术语', textEn: 'Test statement' };
    const added = await head.post('/api/ecg/statements', entry);
    expect(added.status).toBe(201);
    const found = async () => (await reader.get('/api/ecg/statements?q=jcprsy')).body.items;
    expect(await found()).toMatchObject([{ id: added.body.id, textZh: entry.textZh, initials: 'jcprsy' }]);
    await head.put(`/api/ecg/statements/${added.body.id}`, { ...entry, active: false });
    expect(await found()).toEqual([]);
    const numbers = (await reader.get('/api/ecg/statements?limit=200')).body.items.map(
      (item: { number: number }) => item.number,
    );
    expect(numbers).toEqual([...numbers].sort((x: number, y: number) => x - y));
    expect((await reader.get('/api/ecg/statements?q=dprjq')).body.items[0].textZh).toBe('短 PR 间期');
    expect(
      (await reader.post('/api/ecg/statements', { category: 'other', textZh: 'x', textEn: 'x' })).status,
    ).toBe(403);
  });

  test.skipIf(!fixturesPresent)(
    'the reference recording is answered with its exact microvolts (../shared/fixtures)',
    async () => {
      const sent = await upload(tech, fixture('reference', 'example.scp'));
      const answer = (await reader.get(`/api/ecg/recordings/${sent.body.id}`)).body;
      expect(answer.leads[0].microvolts.slice(0, 8)).toEqual([-5, -5, -5, -5, -7.5, -10, -7.5, -12.5]);
      expect(answer.machine.measurements.prMs).toBe(148);
    },
  );

  test('the demo content is synthetic and says so; a long strip is measured by the worker; statistics count', async () => {
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
      unreadable: 4,
    });
    const site = figures.body.items[0];
    for (const [figure, count] of [
      ['uploads', site.uploads],
      ['unreadable', 4],
      ['critical', site.criticalFlags],
      ['signed', site.signed],
    ] as const) {
      const cases = await reader.get(
        `/api/ecg/statistics/cases?institutionId=${site.institutionId}&figure=${figure}&from=${new Date(now - 3_600_000).toISOString()}&to=${new Date(now + 3_600_000).toISOString()}`,
      );
      expect([figure, cases.body.items.length]).toEqual([figure, count]);
    }
  });
});
