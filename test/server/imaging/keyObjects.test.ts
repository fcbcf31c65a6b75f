import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeKeyObjects } from '../../../server/imaging/keyObjects/writeKeyObjects.ts';
import { settleStudy } from '../../../server/imaging/settleStudy.ts';
import { readHeader, sopClasses, srTags, tags } from '../../../server/standards/dicom/index.ts';
import { readKeyObjects } from '../../../viewer/src/panes/study/keyObjects.ts';
import type { DataSet } from '../../../viewer/src/panes/study/dicomJson.ts';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';
import { stow } from '../../integrations/dicomweb/client.ts';
import { makeFile, newUid } from './objects.ts';

let hub: TestHub;
const people: Record<string, Client> = {};
const [study, series] = [newUid(), newUid()];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-kos-'));
let orderId = '';
const images: string[] = [];

beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web,dimse,hl7' } });
  for (const name of ['tech1', 'doctor1', 'radiologist1', 'radiologist2', 'head1'])
    people[name] = await hub.as(name);
  const made = await people.doctor1!.post('/api/orders', {
    center: 'imaging', items: [{ code: 'CT-HEAD' }], priority: 'urgent',
    patient: { name: '卫十', sex: 'M', birthDate: '1970-01-01', identifiers: [{ type: 'mrn', value: newUid().slice(-9) }] },
    remoteConsent: { by: '本人', at: new Date().toISOString() },
  }); // prettier-ignore
  orderId = made.body.id;
  const { accessionNumber } = made.body;
  const files = [1, 2, 3].map((instanceNumber) =>
    makeFile({ study, series, size: 16, instanceNumber, patientName: 'WEI^SHI=卫^十', accessionNumber }),
  );
  images.push(...files.map((file) => readHeader(file).dataSet.string(tags.sopInstanceUid)!));
  await stow(hub.url, people.tech1!, files);
});
afterAll(async () => {
  fs.rmSync(folder, { recursive: true, force: true });
  await hub?.close();
});

const choose = (sopInstanceUid: string) =>
  people.radiologist1!.post(`/api/imaging/orders/${orderId}/key-images`, { sopInstanceUid, frame: 1 });
const written = () =>
  hub.ctx.db.selectFrom('keyObjectDocument').selectAll().where('orderId', '=', orderId).execute();

test('the images chosen for a signed report are written once as a key object selection', async () => {
  const reader = people.radiologist1!;
  await reader.post(`/api/orders/${orderId}/claim`);
  for (const uid of [images[2]!, images[0]!]) expect((await choose(uid)).status).toBe(201);
  await reader.put(
    `/api/orders/${orderId}/report`,
    { findings: '脑实质密度均匀。', impression: '未见异常。' },
    { 'If-Match': '"0"' },
  );
  expect((await reader.post(`/api/orders/${orderId}/report/submit`)).status).toBe(200);
  expect((await people.radiologist2!.post(`/api/orders/${orderId}/report/sign`, { pin: '246810' })).status).toBe(200); // prettier-ignore
  const job = await hub.ctx.db.selectFrom('job').select('payload').where('kind', '=', 'imaging.key-objects').executeTakeFirstOrThrow(); // prettier-ignore
  for (let times = 0; times < 2; times++)
    await writeKeyObjects(hub.ctx, job.payload as Record<string, unknown>);
  const rows = await written();
  expect(rows).toMatchObject([{ images: 2 }]);

  const { objectAddress } = await hub.ctx.db
    .selectFrom('instance')
    .select('objectAddress')
    .where('sopInstanceUid', '=', rows[0]!.sopInstanceUid)
    .executeTakeFirstOrThrow();
  const bytes = await hub.ctx.objects.read(objectAddress);
  const { dataSet } = readHeader(bytes);
  expect(dataSet.string(tags.sopClassUid)).toBe(sopClasses.keyObjectSelection);
  expect(dataSet.string(tags.modality)).toBe('KO');
  expect(dataSet.string(tags.studyInstanceUid)).toBe(study);
  const chosen = dataSet
    .sequence(srTags.contentSequence)
    .filter((item) => item.string(srTags.valueType) === 'IMAGE')
    .map((item) => item.sequence(tags.referencedSopSequence)[0]?.string(tags.referencedSopInstanceUid));
  expect(chosen).toEqual([images[2], images[0]]);

  const answer = await fetch(
    `${hub.url}/dicom-web/studies/${study}/series/${dataSet.string(tags.seriesInstanceUid)}/metadata`,
    { headers: { cookie: reader.cookie, accept: 'application/dicom+json' } },
  );
  const [read] = (await answer.json()) as DataSet[];
  expect(readKeyObjects(read!)).toMatchObject({
    titleCode: '113000',
    images: [images[2], images[0]].map((sopInstanceUid) => ({
      studyUid: study,
      seriesUid: series,
      sopInstanceUid,
      frame: 1,
    })),
  });

  if (spawnSync('dsrdump', ['--version']).status !== 0) return;
  const file = path.join(folder, 'kos.dcm');
  fs.writeFileSync(file, bytes);
  const dump = spawnSync('dsrdump', [file], { encoding: 'utf8' });
  expect(dump.status, dump.stderr).toBe(0);
  expect(dump.stdout).toContain('Key Object Selection Document');
});

test('what the hub itself wrote behind the signature is no image that came late', async () => {
  const { db } = hub.ctx;
  const { id } = await db
    .selectFrom('study')
    .select('id')
    .where('studyInstanceUid', '=', study)
    .executeTakeFirstOrThrow();
  const facts = () =>
    db.selectFrom('orders').select(['lateInput', 'status']).where('id', '=', orderId).executeTakeFirst();
  expect((await facts())?.status).toBe('final');
  await settleStudy(hub.ctx, id, { now: true });
  expect((await facts())?.lateInput).toBe(false);
  await stow(hub.url, people.tech1!, [makeFile({ study, series, size: 16, instanceNumber: 4, patientName: 'WEI^SHI=卫^十' })]); // prettier-ignore
  await settleStudy(hub.ctx, id, { now: true });
  expect((await facts())?.lateInput).toBe(true);
});

test('the directory of an export names it as a document with its title', async () => {
  const answer = await people.head1!.post(`/api/imaging/orders/${orderId}/export`, {
    kind: 'dicom',
    reason: '转诊',
  });
  const zip = unzipSync(new Uint8Array(answer.body));
  const records = readHeader(Buffer.from(zip.DICOMDIR!)).dataSet.sequence(0x00041220);
  const types = records.map((record) => record.string(0x00041430));
  expect(types.filter((type) => type === 'IMAGE')).toHaveLength(4);
  const document = records[types.indexOf('KEY OBJECT DOC')];
  expect(document?.sequence(srTags.conceptNameCodeSequence)[0]?.string(tags.codeValue)).toBe('113000');
});
