import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedCounty } from '../../db/demo/seedCounty.ts';
import { openContext } from '../../server/context.ts';
import { readConfig } from '../../server/core/config.ts';
import { createDatabase, type TestDatabase } from '../helpers/database.ts';
import { haveS3, startS3, type TestS3 } from '../helpers/s3.ts';
import { makeFolder, removeFolder, startHub, type HubProcess } from './hubProcess.ts';
import { Acknowledged, call, place, prepare, send, sign, signIn, storescu, writeStudy } from './work.ts';

const folder = makeFolder();
const env: Record<string, string> = {};
let database: TestDatabase;
let s3: TestS3 | undefined;
const hubs: HubProcess[] = [];
const start = async (roles: string): Promise<HubProcess> => {
  const hub = await startHub(folder, { ...env, HUB_ROLES: roles });
  hubs.push(hub);
  return hub;
};

/** One process a role, web and worker twice, on one PostgreSQL and one object store: S3 where a server can be started. */
beforeAll(async () => {
  database = await createDatabase();
  s3 = haveS3 ? await startS3() : undefined;
  Object.assign(env, { DATABASE_URL: database.url, HUB_KEY_FILE: path.join(folder, 'hub.key') });
  if (s3) {
    const { endpoint, bucket, accessKey, secretKey, region } = s3.settings;
    Object.assign(env, { S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_REGION: region });
    Object.assign(env, { S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey });
  }
  const seeding = await openContext(
    readConfig({ PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'fatal', HUB_DEMO: '0', ...env }),
    { exclusive: true },
  );
  await seedCounty(seeding.ctx);
  await seeding.close();
});
afterAll(async () => {
  for (const hub of hubs) await hub.stop('SIGKILL');
  await removeFolder(folder);
  s3?.remove();
  await database?.close();
});

test.skipIf(!storescu)(
  'processes of single roles do the main job together, and go on when one of a kind is killed',
  { timeout: 240_000 },
  async () => {
    const [web, otherWeb, dimse, mllp, worker] = await Promise.all(
      ['web', 'web', 'dimse', 'hl7', 'worker'].map(start),
    );
    await start('worker');
    expect(mllp!.url).toBe(''); // no pages here: no address of them
    const people = await signIn(web!);
    const done = new Acknowledged();
    const orderId = (await place(web!, people, done))!;
    const { body: order } = await call(web!, people.doctor, 'GET', `/api/orders/${orderId}`);

    // Live in the other web process, though the images come to a third one.
    const stream = await fetch(`${otherWeb!.url}/api/events`, { headers: { cookie: people.reader } });
    const heard = listen(stream);
    const files = writeStudy(path.join(folder, 'study'), 3, {
      accessionNumber: order.accessionNumber,
      patientName: 'QIAN^DUANDIAN',
      patientId: '',
      sex: 'M',
      birthDate: '19800307',
    });
    await send(dimse!, files, done);
    expect(done.objects.size).toBe(3);
    await expect.poll(() => heard.text, { timeout: 120_000 }).toContain(orderId);

    const worklist = await call(
      otherWeb!,
      people.reader,
      'GET',
      `/api/centers/imaging/worklist?q=${order.accessionNumber}`,
    );
    expect(worklist.body.items).toMatchObject([{ orderId, status: 'received' }]);

    await worker!.stop('SIGKILL'); // the other one goes on
    await prepare(web!, people, orderId, { accepted: true });
    await sign(otherWeb!, people, orderId, done);
    expect(done.signed).toContain(orderId);
    const pdf = await call(web!, people.doctor, 'GET', `/api/orders/${orderId}/report.pdf`);
    expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-');

    // The bytes lie in the common store: any web process gives them back.
    const studyUid = (
      await database.db.selectFrom('study').select('studyInstanceUid').executeTakeFirstOrThrow()
    ).studyInstanceUid;
    const [uid, sent] = [...done.objects][0]!;
    const series = await database.db
      .selectFrom('series')
      .select('seriesInstanceUid')
      .executeTakeFirstOrThrow();
    const got = await fetch(
      `${otherWeb!.url}/dicom-web/studies/${studyUid}/series/${series.seriesInstanceUid}/instances/${uid}`,
      { headers: { cookie: people.reader, accept: 'multipart/related; type="application/dicom"' } },
    );
    expect(got.status).toBe(200);
    const body = Buffer.from(await got.arrayBuffer());
    expect(body.includes(sent.subarray(sent.length - 20_000))).toBe(true);
    if (s3) {
      expect(fs.existsSync(path.join(folder, 'objects'))).toBe(false);
      s3.down();
      await expect
        .poll(async () => (await fetch(`${web!.url}/readyz`)).status, { timeout: 120_000 })
        .toBe(503);
      s3.up();
      await expect
        .poll(async () => (await fetch(`${web!.url}/readyz`)).status, { timeout: 120_000 })
        .toBe(200);
    }
    heard.end();
    for (const hub of hubs.filter((one) => one !== worker)) expect((await hub.stop('SIGTERM')).code).toBe(0);
  },
);

function listen(stream: Response): { text: string; end(): void } {
  const heard = { text: '', end: () => void reader.cancel() };
  const reader = stream.body!.getReader();
  const decoder = new TextDecoder();
  const pump = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard.text += decoder.decode(value, { stream: true });
    }
  };
  pump().catch(() => undefined);
  return heard;
}
