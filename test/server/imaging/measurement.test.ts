import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runMeasurements } from '../../../server/imaging/measurement/saveMeasurements.ts';
import { settleStudy } from '../../../server/imaging/settleStudy.ts';
import { readHeader, srTags, tags, type DataSet } from '../../../server/standards/dicom/index.ts';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';
import { stow } from '../../integrations/dicomweb/client.ts';
import { makeFile, newUid } from './objects.ts';

let hub: TestHub;
const people: Record<string, Client> = {};
const study = newUid();
const series = newUid();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-sr-'));
let orderId = '';
let image = '';

const frame = () => `wadors:/dicom-web/studies/${study}/series/${series}/instances/${image}/frames/1`;
const length = (label = '') => ({
  uid: '0b0e7a52-2d5f-4b58-9c0e-0d6a5f1c2b3d', tool: 'Length', imageId: frame(), label,
  pixels: [[10.5, 12.25], [40.5, 12.25]], values: [{ quantity: 'length', value: 29.4, unit: 'mm' }],
}); // prettier-ignore
const ellipse = () => ({
  uid: '1c0e7a52-2d5f-4b58-9c0e-0d6a5f1c2b3d', tool: 'EllipticalROI', imageId: frame(),
  pixels: [[20, 30], [20, 10], [14, 20], [26, 20]],
  values: [{ quantity: 'area', value: 188.5, unit: 'mm²' }, { quantity: 'mean', value: 41.2, unit: 'HU' }, { quantity: 'stdDev', value: 3.4, unit: 'HU' }],
}); // prettier-ignore

beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web,dimse,hl7' } });
  for (const name of ['tech1', 'doctor1', 'radiologist1', 'radiologist2', 'lab1'])
    people[name] = await hub.as(name);
  const made = await people.doctor1!.post('/api/orders', {
    center: 'imaging', items: [{ code: 'CT-HEAD' }], priority: 'urgent',
    patient: { name: '郑九', sex: 'M', birthDate: '1970-01-01', identifiers: [{ type: 'mrn', value: newUid().slice(-9) }] },
    remoteConsent: { by: '本人', at: new Date().toISOString() },
  }); // prettier-ignore
  orderId = made.body.id;
  const file = makeFile({
    study, series, size: 64, patientName: 'ZHENG^JIU=郑^九', accessionNumber: made.body.accessionNumber,
  }); // prettier-ignore
  image = readHeader(file).dataSet.string(tags.sopInstanceUid)!;
  await stow(hub.url, people.tech1!, [file]);
});
afterAll(async () => {
  fs.rmSync(folder, { recursive: true, force: true });
  await hub?.close();
});

/** The document as a modality or archive would fetch it. */
async function fetchReport(uid: string): Promise<{ bytes: Buffer; dataSet: DataSet; file: string }> {
  const row = await hub.ctx.db
    .selectFrom('instance')
    .selectAll()
    .where('sopInstanceUid', '=', uid)
    .executeTakeFirstOrThrow();
  const bytes = await hub.ctx.objects.read(row.objectAddress);
  const file = path.join(folder, `${uid}.dcm`);
  fs.writeFileSync(file, bytes);
  return { bytes, dataSet: readHeader(bytes).dataSet, file };
}
const save = (measurements: unknown[], who = 'radiologist1') =>
  people[who]!.post(`/api/imaging/orders/${orderId}/measurement-report`, { measurements });

describe('measurements as structured reports', () => {
  let first = '';

  test('a length and an ellipse become one TID 1500 document in the study', async () => {
    const answer = await save([length('右肺结节'), ellipse()]);
    expect(answer.status).toBe(201);
    expect(answer.body.items).toEqual([
      { studyInstanceUid: study, sopInstanceUid: expect.any(String), measurements: 2, fresh: true },
    ]);
    first = answer.body.items[0].sopInstanceUid;
    const { dataSet } = await fetchReport(first);
    expect(dataSet.string(tags.patientName)).toBe('ZHENG^JIU=郑^九');
    expect(dataSet.string(tags.studyInstanceUid)).toBe(study);
    expect(dataSet.string(srTags.completionFlag)).toBe('PARTIAL');
    const [measurements] = dataSet.sequence(srTags.contentSequence).slice(-1);
    const groups = measurements!.sequence(srTags.contentSequence);
    expect(groups).toHaveLength(2);
    const numbers = groups[0]!
      .sequence(srTags.contentSequence)
      .filter((item) => item.string(srTags.valueType) === 'NUM');
    expect(numbers[0]!.sequence(srTags.measuredValueSequence)[0]!.number(srTags.numericValue)).toBe(29.4);
    const [points] = numbers[0]!.sequence(srTags.contentSequence);
    expect(points!.numbers(srTags.graphicData)).toEqual([10.5, 12.25, 40.5, 12.25]);
    const region = groups[1]!
      .sequence(srTags.contentSequence)
      .find((item) => item.string(srTags.valueType) === 'SCOORD');
    expect(region!.string(srTags.graphicType)).toBe('ELLIPSE');
    expect(region!.numbers(srTags.graphicData).slice(0, 4)).toEqual([20, 30, 20, 10]); // major axis first
  });

  test('dcmtk reads it as a valid structured report (needs dsrdump)', async (context) => {
    const { file } = await fetchReport(first);
    const dump = spawnSync('dsrdump', ['-Er', '+Pn', file], { encoding: 'utf8' });
    if (dump.error) return context.skip();
    expect(dump.status, dump.stderr).toBe(0);
    expect(dump.stderr.replace(/^W: The VR checker does not support.*$/m, '').trim()).toBe('');
    expect(dump.stdout).toContain('Imaging Measurement Report');
    expect(dump.stdout).toMatch(/"29.4"/);
    expect(dump.stdout).toContain('右肺结节');
  });

  test('pydicom reads it too (needs pydicom)', async (context) => {
    const { file } = await fetchReport(first);
    const script =
      'import sys,pydicom\nd=pydicom.dcmread(sys.argv[1])\nprint(d.SOPClassUID.name, d.ContentTemplateSequence[0].TemplateIdentifier, d.PatientName.ideographic, len(d.ContentSequence[-1].ContentSequence))';
    const read = spawnSync('/usr/bin/python3', ['-c', script, file], { encoding: 'utf8' });
    if (read.error || /ModuleNotFound/.test(read.stderr)) return context.skip();
    expect(read.stdout.trim()).toBe('Comprehensive SR Storage 1500 郑^九 2');
  });

  test('the same measurements are not written twice; changed ones name what they replace', async () => {
    expect((await save([length('右肺结节'), ellipse()])).body.items[0]).toMatchObject({
      sopInstanceUid: first,
      fresh: false,
    });
    const next = (await save([length('左肺结节')])).body.items[0];
    expect(next).toMatchObject({ fresh: true, measurements: 1 });
    const { dataSet } = await fetchReport(next.sopInstanceUid);
    const [predecessor] = dataSet.sequence(srTags.predecessorDocumentsSequence);
    const [inSeries] = predecessor!.sequence(tags.referencedSeriesSequence);
    expect(inSeries!.sequence(tags.referencedSopSequence)[0]!.string(tags.referencedSopInstanceUid)).toBe(
      first,
    );
    const order = (await people.radiologist1!.get(`/api/orders/${orderId}`)).body;
    expect(order.input.measurementReports).toEqual([next.sopInstanceUid]);
  });

  test('what is not a measurement of this case is left out, strangers are refused', async () => {
    const elsewhere = { ...length(), imageId: frame().replace(study, newUid()) };
    const hostile = { ...length(), pixels: 'x', values: [] };
    const answer = await save([elsewhere, hostile, length('左肺结节'), 7, null]);
    expect(answer.body.items[0]).toMatchObject({ measurements: 1, fresh: false });
    expect((await save([length()], 'lab1')).status).toBe(404);
    expect((await save([length()], 'tech1')).status).toBe(403);
    expect((await save(Array.from({ length: 501 }, () => length()))).status).toBe(422);
  });

  test('submission and signature write the final document, and a signed case is not flagged by it', async () => {
    const reader = people.radiologist1!;
    await reader.post(`/api/orders/${orderId}/claim`);
    await reader.put(
      `/api/orders/${orderId}/report`,
      { findings: '脑实质密度均匀。', impression: '未见异常。', measurements: [length('脑室')] },
      { 'If-Match': '"0"' },
    );
    expect((await reader.post(`/api/orders/${orderId}/report/submit`)).status).toBe(200);
    expect(
      (await people.radiologist2!.post(`/api/orders/${orderId}/report/sign`, { pin: '246810' })).status,
    ).toBe(200);
    const jobs = await hub.ctx.db
      .selectFrom('job')
      .selectAll()
      .where('kind', '=', 'imaging.measure')
      .execute();
    expect(jobs.map((job) => (job.payload as { state: string }).state).sort()).toEqual([
      'preliminary',
      'verified',
    ]);
    for (const job of jobs.sort((a, b) => Number(a.id) - Number(b.id)))
      await runMeasurements(hub.ctx, job.payload as Record<string, unknown>);
    await runMeasurements(hub.ctx, jobs.at(-1)!.payload as Record<string, unknown>); // repeated, as after a crash
    const rows = await hub.ctx.db
      .selectFrom('measurementReport')
      .selectAll()
      .where('orderId', '=', orderId)
      .orderBy('writtenAt')
      .execute();
    expect(rows.map((row) => row.state)).toEqual(['draft', 'draft', 'preliminary', 'verified']);
    const { dataSet, bytes } = await fetchReport(rows.at(-1)!.sopInstanceUid);
    expect(dataSet.string(srTags.verificationFlag)).toBe('VERIFIED');
    expect(dataSet.sequence(srTags.verifyingObserverSequence)).toHaveLength(1);
    const wado = await fetch(
      `${hub.url}/dicom-web/studies/${study}/series/${dataSet.string(tags.seriesInstanceUid)}/instances/${rows.at(-1)!.sopInstanceUid}`,
      { headers: { cookie: people.radiologist2!.cookie, accept: 'application/dicom' } },
    );
    expect(Buffer.from(await wado.arrayBuffer()).includes(bytes.subarray(200))).toBe(true);
    const { id } = await hub.ctx.db
      .selectFrom('study')
      .select('id')
      .where('studyInstanceUid', '=', study)
      .executeTakeFirstOrThrow();
    await settleStudy(hub.ctx, id, { now: true });
    const order = (await people.radiologist1!.get(`/api/orders/${orderId}`)).body;
    expect(order.status).toBe('final');
    expect(order.lateInput).toBeFalsy();
  });
});
