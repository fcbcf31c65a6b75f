import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deriveSeries } from '../../../server/imaging/derive/deriveSeries.ts';
import { checkImagingReport } from '../../../server/imaging/checkImagingReport.ts';
import { keepViewingLimits } from '../../../server/imaging/keepViewingLimits.ts';
import { SYSTEM } from '../../../server/core/access/actor.ts';
import { printReport } from '../../../server/imaging/print/printReport.ts';
import { readHeader, tags } from '../../../server/standards/dicom/index.ts';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';
import { get, stow } from '../../integrations/dicomweb/client.ts';
import { makeFile, newUid } from './objects.ts';

let hub: TestHub;
const people: Record<string, Client> = {};
const study = newUid();
const series = newUid();
const files: Buffer[] = [];
let orderId = '';
let uid = '';

beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web,dimse,hl7' } });
  for (const name of ['tech1', 'doctor1', 'radiologist1', 'radiologist2', 'head1', 'lab1', 'admin1'])
    people[name] = await hub.as(name);
  const made = await people.doctor1!.post('/api/orders', {
    center: 'imaging', items: [{ code: 'CT-HEAD' }], priority: 'urgent',
    patient: { name: '郑九', sex: 'M', birthDate: '1970-01-01', identifiers: [{ type: 'mrn', value: newUid().slice(-9) }] },
    remoteConsent: { by: '本人', at: new Date().toISOString() },
  }); // prettier-ignore
  orderId = made.body.id;
  for (let n = 1; n <= 4; n++)
    files.push(
      makeFile({
        study,
        series,
        instanceNumber: n,
        size: 64,
        fill: n,
        patientName: 'ZHENG^JIU=郑^九',
        accessionNumber: made.body.accessionNumber,
      }),
    );
  await stow(hub.url, people.tech1!, files);
  uid = readHeader(files[1]!).dataSet.string(tags.sopInstanceUid)!;
  const row = await hub.ctx.db
    .selectFrom('series')
    .select('id')
    .where('seriesInstanceUid', '=', series)
    .executeTakeFirstOrThrow();
  await deriveSeries(hub.ctx, row.id);
});
afterAll(() => hub.close());

describe('the reading room', () => {
  test('previews of all frames come in one answer, with an index in front', async () => {
    const answer = await get(hub.url, people.radiologist1!, `/api/imaging/series/${series}/preview`);
    expect(answer.status).toBe(200);
    const length = answer.body.readUInt32LE(0);
    const index = JSON.parse(answer.body.toString('utf8', 4, 4 + length));
    expect(index.instances).toHaveLength(4);
    expect(index.decodeLevel).toBe(3);
    for (const { frames } of index.instances)
      for (const [offset] of frames) expect(answer.body.readUInt16BE(4 + length + offset)).toBe(0xff4f);
    const part = await get(hub.url, people.radiologist1!, `/api/imaging/series/${series}/preview`, '*/*', {
      range: 'bytes=0-3',
    });
    expect(part.status).toBe(206);
    expect((await get(hub.url, people.lab1!, `/api/imaging/series/${series}/preview`)).status).toBe(404);
    expect(
      (await get(hub.url, people.radiologist1!, `/api/imaging/series/${series}/thumbnail`)).headers.get(
        'content-type',
      ),
    ).toBe('image/jpeg');
  });

  test('key images of the own study only', async () => {
    const path = `/api/imaging/orders/${orderId}/key-images`;
    const added = await people.radiologist1!.post(path, { sopInstanceUid: uid, frame: 1 });
    expect(added.status).toBe(201);
    expect((await people.radiologist1!.post(path, { sopInstanceUid: newUid(), frame: 1 })).status).toBe(404);
    expect((await people.radiologist1!.post(path, { sopInstanceUid: uid, frame: 2 })).status).toBe(404);
    expect((await people.radiologist1!.get(path)).body.items).toHaveLength(1);
    expect((await people.radiologist1!.delete(`${path}/${added.body.id}`)).status).toBe(204);
    expect((await people.radiologist1!.get(path)).body.items).toHaveLength(0);
  });

  test('a grade below A names its faults and goes back to the site', async () => {
    const path = `/api/imaging/orders/${orderId}/grade`;
    expect((await people.radiologist1!.post(path, { grade: 'B' })).status).toBe(422);
    expect((await people.radiologist1!.post(path, { grade: 'B', faults: ['motion'] })).status).toBe(200);
    expect((await people.radiologist1!.get(`/api/orders/${orderId}`)).body.input.grade).toMatchObject({
      grade: 'B',
      faults: ['motion'],
    });
    const told = await hub.ctx.db
      .selectFrom('notification')
      .select('kind')
      .where('orderId', '=', orderId)
      .execute();
    expect(told.map((row) => row.kind)).toContain('image-graded');
  });

  test('a second opinion is an order of its own on the same images', async () => {
    const asked = await people.radiologist1!.post(`/api/imaging/orders/${orderId}/second-opinion`, {
      question: '是否出血?',
    });
    expect(asked.status).toBe(201);
    const opinion = (await people.radiologist1!.get(`/api/orders/${asked.body.id}`)).body;
    const priors = (await people.radiologist1!.get(`/api/imaging/orders/${orderId}/priors`)).body.items;
    expect(priors.map((each: { orderId: string }) => each.orderId)).not.toContain(asked.body.id);
    expect(opinion.status).toBe('received');
    expect(opinion.input.studies[0].studyInstanceUid).toBe(study);
    expect(opinion.input.opinionOn.orderId).toBe(orderId);
    expect((await people.radiologist1!.get(`/api/orders/${orderId}`)).body.input.secondOpinions).toHaveLength(
      1,
    );
  });

  const unzip = async (kind: string) => {
    const answer = await people.head1!.post(`/api/imaging/orders/${orderId}/export`, {
      kind,
      reason: '教学',
    });
    expect(answer.status).toBe(200);
    return unzipSync(new Uint8Array(answer.body));
  };

  test('an export holds the files byte for byte and a DICOMDIR', async () => {
    expect(
      (
        await people.radiologist1!.post(`/api/imaging/orders/${orderId}/export`, {
          kind: 'dicom',
          reason: '转诊',
        })
      ).status,
    ).toBe(403);
    const zip = await unzip('dicom');
    const images = Object.entries(zip).filter(([name]) => name.startsWith('DICOM/'));
    expect(images).toHaveLength(4);
    expect(images.map(([, bytes]) => Buffer.from(bytes).equals(files[0]!)).filter(Boolean)).toHaveLength(1);
    const directory = readHeader(Buffer.from(zip.DICOMDIR!)).dataSet;
    const records = directory.sequence(0x00041220);
    expect(records.map((record) => record.string(0x00041430))).toEqual([
      'PATIENT',
      'STUDY',
      'SERIES',
      'IMAGE',
      'IMAGE',
      'IMAGE',
      'IMAGE',
    ]);
    expect(records[3]!.strings(0x00041500).join('/')).toBe(images[0]![0]);
    if (spawnSync('dcmdump', ['--version']).status !== 0) return;
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'export-'));
    for (const [name, bytes] of Object.entries(zip)) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), bytes);
    }
    const dump = spawnSync('dcmdump', [path.join(folder, 'DICOMDIR')], { encoding: 'utf8' });
    fs.rmSync(folder, { recursive: true });
    expect(dump.status).toBe(0);
    expect(dump.stderr).toBe('');
  });

  test('an anonymous export says nothing of the patient and keeps the pixels', async () => {
    const zip = await unzip('anonymous');
    for (const [name, bytes] of Object.entries(zip)) {
      const content = Buffer.from(bytes);
      for (const secret of ['郑', 'ZHENG', 'JIU', '19700101', study, series, uid])
        expect(content.includes(Buffer.from(secret)), `${name} ${secret}`).toBe(false);
    }
    const image = readHeader(
      Buffer.from(Object.entries(zip).find(([name]) => name.startsWith('DICOM/'))![1]),
    );
    expect(image.dataSet.string(tags.patientName)).toMatch(/^ANON/);
    expect(image.dataSet.number(tags.rows)).toBe(64);
    expect(image.pixelData!.length).toBe(64 * 64 * 2);
    expect(image.source.subarray(image.pixelData!.offset, image.pixelData!.offset + 2)).toEqual(
      Buffer.from([1, 1]),
    );
  });

  test.each([
    ['empty-impression', 'CT-HEAD', '未见异常', ''],
    ['template-text', 'CT-HEAD', '右肺上叶结节,直径 ___ mm', '右肺结节'],
    ['sex-organ', 'CT-HEAD', '子宫增大', '子宫肌瘤'],
    ['sex-organ', 'CT-HEAD', '未见子宫。右侧卵巢囊肿', '右侧卵巢囊肿'],
    ['laterality', 'CT-HEAD', '右肺下叶见斑片影', '左肺炎症'],
    ['laterality', 'CT-HEAD', '左侧股骨骨折线清晰', '右侧股骨骨折'],
    ['laterality', 'CT-HEAD', '右膝骨折,双膝退行性变', '左膝骨折。双膝退行性变'],
  ])('a report with %s is found out', async (code, _item, findings, impression) => {
    const order = await hub.ctx.db
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', orderId)
      .executeTakeFirstOrThrow();
    expect(
      (await checkImagingReport(hub.ctx.db, order, { findings, impression })).map((problem) => problem.code),
    ).toEqual([code]);
  });
  test('a sound report has no problems', async () => {
    const order = await hub.ctx.db
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', orderId)
      .executeTakeFirstOrThrow();
    expect(
      await checkImagingReport(hub.ctx.db, order, {
        findings: '右肺下叶见斑片影,边缘清晰。左肺清晰。双侧胸腔未见积液。',
        impression: '右肺下叶炎症。',
      }),
    ).toEqual([]);
  });
  test('a reader who could not see everything is named to the signer and on the page', async () => {
    const order = await hub.ctx.db
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', orderId)
      .executeTakeFirstOrThrow();
    const content = {
      findings: '右肺下叶见斑片影。',
      impression: '右肺下叶炎症。',
      viewingLimits: [
        { byId: 'x', by: '郑医师', at: '2026-11-22T02:00:00Z', quality: 'failed', reason: 'damaged', note: '序列 3' },
      ],
    }; // prettier-ignore
    const said = '影像未全部以诊断级显示。郑医师:影像文件不能解码(序列 3)';
    expect(await checkImagingReport(hub.ctx.db, order, content)).toMatchObject([
      { severity: 'ask', code: 'viewing-limits', message: said },
    ]);
    expect(await printReport(hub.ctx, order, content)).toContainEqual({
      type: 'text',
      label: '阅片说明',
      text: said,
    });
    const forged = { ...content, viewingLimits: [{ by: 7, reason: 'whatever' }, 'x'] };
    expect(await checkImagingReport(hub.ctx.db, order, forged)).toEqual([]);
  });
});

test('cases marked for teaching stand in a list of their own, without the names of patients', async () => {
  const { radiologist1, doctor1 } = people;
  const mark = (on: boolean) =>
    radiologist1!.put(`/api/imaging/orders/${orderId}/teaching`, { on, note: '典型征象' });
  const listed = async () => (await radiologist1!.get('/api/imaging/teaching')).body.items;
  expect((await mark(true)).status).toBe(200);
  expect(await listed()).toMatchObject([{ orderId, note: '典型征象' }]);
  expect(JSON.stringify(await listed())).not.toContain('patient');
  expect((await doctor1!.get('/api/imaging/teaching')).status).toBe(403);
  expect((await mark(false)).status).toBe(200);
  expect(await listed()).toEqual([]);
});

describe('on a phone', () => {
  test('a remark stands on the timeline', async () => {
    const path = `/api/imaging/orders/${orderId}/comment`;
    expect((await people.radiologist1!.post(path, { text: '请上级医师复阅右下肺' })).status).toBe(201);
    expect((await people.radiologist1!.post(path, { text: ' ' })).status).toBe(422);
    expect((await people.doctor1!.post(path, { text: '基层' })).status).toBe(403);
    expect((await people.lab1!.post(path, { text: '检验' })).status).toBeGreaterThanOrEqual(403);
    const { items } = (await people.doctor1!.get(`/api/orders/${orderId}/timeline`)).body;
    expect(items.filter((each: { kind: string }) => each.kind === 'commented')).toMatchObject([
      { detail: { note: '请上级医师复阅右下肺' } },
    ]);
  });

  test('is signed only where the centre allows it', async () => {
    const { radiologist1, radiologist2, admin1 } = people;
    const path = `/api/orders/${orderId}`;
    await radiologist1!.post(`${path}/claim`, {});
    const { headers } = await radiologist1!.get(`${path}/report`);
    const saved = await radiologist1!.put(
      `${path}/report`,
      { findings: '脑实质密度均匀。', impression: '头颅 CT 平扫未见异常。' },
      { 'if-match': headers.get('etag') ?? '' },
    );
    expect(saved.status).toBe(200);
    expect(saved.body.phoneSigning ?? false).toBe(false);
    expect((await radiologist1!.post(`${path}/report/submit`, {})).status).toBe(200);
    const shown = { quality: 'diagnostic', series: [{ uid: '1.2.3', images: 9, full: 7 }] };
    const sign = () => radiologist2!.post(`${path}/report/sign`, { pin: '246810', from: 'phone', shown });
    const refused = await sign();
    expect(refused.status).toBe(403);
    expect(refused.body.type).toContain('phone-signing-off');
    const centers = (await admin1!.get('/api/centers')).body.items as {
      id: string;
      kind: string;
      phoneSigning: boolean;
    }[];
    expect(centers.filter((each) => each.phoneSigning).map((each) => each.kind)).toEqual(['ecg']);
    for (const center of centers.filter((each) => each.kind === 'imaging'))
      expect((await admin1!.put(`/api/centers/${center.id}`, { phoneSigning: true })).status).toBe(200);
    expect((await sign()).status).toBe(200);
    const { items } = (await radiologist2!.get(`${path}/timeline`)).body;
    expect(items.find((each: { kind: string }) => each.kind === 'final')).toMatchObject({
      detail: { from: 'phone' },
    });
    const { detail } = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('detail')
      .where('action', '=', 'report.signature')
      .where('subjectId', '=', orderId)
      .executeTakeFirstOrThrow();
    expect(detail).toMatchObject({
      kind: 'final',
      pdfSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      session: expect.any(String),
      asToldByBrowser: { phone: true, shown },
    });
  });

  test('a browser that names itself a phone is one, whatever its page says', async () => {
    const { radiologist1, radiologist2, admin1 } = people;
    const center = (await admin1!.get('/api/centers')).body.items.find(
      (each: { kind: string; phoneSigning: boolean }) => each.kind === 'imaging' && each.phoneSigning,
    );
    expect((await admin1!.put(`/api/centers/${center?.id}`, { phoneSigning: false })).status).toBe(200);
    const phone = { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148' };
    const path = `/api/orders/${orderId}/report/addendum`;
    const addendum = { pin: '246810', reason: '补充', text: '补充说明。' };
    const refused = await radiologist1!.post(path, addendum, phone);
    expect([refused.status, refused.body.type]).toEqual([403, expect.stringContaining('phone-signing-off')]);
    expect((await radiologist2!.post(path, addendum)).status).toBe(200);
  });

  test('what a reader states about what he could not see is his own, with the time of the hub', () => {
    const actor = { ...SYSTEM, id: 'me', name: '陈思远' };
    const now = new Date('2026-11-30T08:00:00Z');
    const other = {
      byId: 'other',
      by: '王医生',
      at: '2026-11-01T00:00:00Z',
      quality: 'failed',
      reason: 'line',
      note: '',
    };
    const forged = {
      byId: 'other',
      by: '王医生',
      at: '2020-01-01',
      quality: 'failed',
      reason: 'damaged',
      note: '',
    };
    const mine = {
      byId: 'me',
      by: 'somebody',
      at: '1999-01-01',
      quality: 'preview',
      reason: 'other',
      note: 'x',
    };
    const saved = keepViewingLimits(
      { viewingLimits: [other] },
      { viewingLimits: [forged, mine] },
      actor,
      now,
    );
    expect(saved.viewingLimits).toEqual([other, { ...mine, by: '陈思远', at: now.toISOString() }]);
    const again = keepViewingLimits(saved, { viewingLimits: [{ ...mine }] }, actor, new Date());
    expect(again.viewingLimits).toEqual(saved.viewingLimits);
    expect(keepViewingLimits({}, { findings: 'x' }, actor, now)).toEqual({ findings: 'x' });
  });
});

test('a prior is dated by its examination, not by when its images came', async () => {
  const at = new Date(Date.now() - 60 * 24 * 3_600_000);
  at.setMilliseconds(0);
  const mrn = newUid().slice(-9);
  const order = async () =>
    (
      await people.doctor1!.post('/api/orders', {
        center: 'imaging', items: [{ code: 'CT-HEAD' }], priority: 'routine',
        patient: { name: '冯十', sex: 'M', birthDate: '1970-01-01', identifiers: [{ type: 'mrn', value: mrn }] },
        remoteConsent: { by: '本人', at: new Date().toISOString() },
      })
    ).body; // prettier-ignore
  const old = await order();
  await stow(hub.url, people.tech1!, [
    makeFile({ patientName: 'FENG^SHI=冯^十', accessionNumber: old.accessionNumber, at }),
  ]);
  const { id } = await order();
  const { items } = (await people.radiologist1!.get(`/api/imaging/orders/${id}/priors`)).body;
  expect(items).toMatchObject([{ orderId: old.id, performedAt: at.toISOString() }]);
});

test('a PDF that lies in an object is its own rendering', async () => {
  const [documentStudy, documentSeries, documentUid] = [newUid(), newUid(), newUid()];
  const written = Buffer.from('%PDF-1.4 剂量报告');
  const file = makeFile({
    study: documentStudy, series: documentSeries, uid: documentUid, modality: 'DOC',
    sopClass: '1.2.840.10008.5.1.4.1.1.104.1', more: [[0x00420011, written, 'OB']],
  }); // prettier-ignore
  await stow(hub.url, people.tech1!, [file]);
  const path = `/dicom-web/studies/${documentStudy}/series/${documentSeries}/instances/${documentUid}/rendered`;
  const answer = await people.tech1!.get(path, { accept: 'application/pdf' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('application/pdf');
});
