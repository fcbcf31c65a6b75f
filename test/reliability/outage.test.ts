import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Association } from '../../integrations/dimse/association.ts';
import { commandFields } from '../../integrations/dimse/command.ts';
import { requestAssociation } from '../../integrations/dimse/requestor.ts';
import { sopClasses, transferSyntaxes } from '../../server/standards/dicom/index.ts';
import { makeDataSet, newUid } from '../server/imaging/objects.ts';
import {
  makeFolder,
  openEmbedded,
  removeFolder,
  seedFolder,
  serverOf,
  servers,
  startHub,
} from './hubProcess.ts';
import type { HubProcess } from './hubProcess.ts';

const folder = makeFolder();
let hub: HubProcess;
let association: Association;

const open = () =>
  requestAssociation({
    host: '127.0.0.1',
    port: hub.dimsePort,
    callingAe: 'LIUHE',
    calledAe: 'HUB',
    contexts: [{ abstractSyntax: sopClasses.ct, transferSyntaxes: [transferSyntaxes.explicitLittleEndian] }],
  });

beforeAll(async () => {
  await seedFolder(folder);
  hub = await startHub(folder);
  association = await open();
});
afterAll(async () => {
  await hub?.stop('SIGKILL');
  await removeFolder(folder);
});

const study = newUid();
const objectOf = (size = 64) => makeDataSet({ study, series: newUid(), patientId: 'A1', size });

/** The status of a C-STORE on the association that was open all the time. */
async function store({ dataSet, head }: ReturnType<typeof objectOf>, over = association): Promise<number> {
  const context = over.contextFor(head.sopClassUid, head.transferSyntax);
  const command = {
    commandField: commandFields.cStoreRq,
    affectedSopClassUid: head.sopClassUid,
    affectedSopInstanceUid: head.sopInstanceUid,
    priority: 0,
  };
  for await (const { command: answer } of over.request(context?.id ?? 0, command, dataSet))
    return answer.status ?? -1;
  return -1;
}

const readiness = async () => {
  const answer = await fetch(`${hub.url}/readyz`);
  return { code: answer.status, ...((await answer.json()) as object) };
};
const ready = { code: 200, status: 'ready', database: true, store: true };
const outOfResources = (status: number) => (status & 0xff00) === 0xa700;

async function stored(uid: string): Promise<number | null> {
  const { pool, close } = openEmbedded(folder);
  const { rowCount } = await pool
    .query('select from instance where sop_instance_uid = $1', [uid])
    .finally(close);
  return rowCount;
}

test('the store away: not ready, C-STORE out of resources, and well again without a restart', async () => {
  expect(await store(objectOf())).toBe(0);
  const objects = path.join(folder, 'objects');
  const small = objectOf();
  const large = objectOf(1_200);
  fs.renameSync(objects, `${objects}.away`);
  fs.writeFileSync(objects, 'not a folder');
  expect(await readiness()).toMatchObject({ code: 503, status: 'not ready', database: true, store: false });
  for (let n = 0; n < 10; n++) expect(outOfResources(await store(n % 2 ? large : small))).toBe(true);
  expect(await stored(small.head.sopInstanceUid)).toBe(0);
  fs.rmSync(objects);
  fs.renameSync(`${objects}.away`, objects);
  expect(await readiness()).toMatchObject(ready);
  for (const object of [small, large, objectOf()]) expect(await store(object)).toBe(0);
  expect(await stored(large.head.sopInstanceUid)).toBe(1);
});

test('a store that comes back as another folder (a new mount) is used at the second try', async () => {
  const objects = path.join(folder, 'objects');
  fs.renameSync(objects, `${objects}.old`);
  fs.cpSync(`${objects}.old`, objects, { recursive: true });
  const object = objectOf();
  const first = await store(object);
  if (first !== 0) expect(outOfResources(first)).toBe(true);
  if (first !== 0) expect(await store(object)).toBe(0);
  const names = fs
    .readdirSync(objects, { recursive: true })
    .filter((name) => /[0-9a-f]{64}$/.test(`${name}`));
  const { pool, close } = openEmbedded(folder);
  const { rows } = await pool.query<{ object_address: string }>('select object_address from instance');
  await close();
  for (const row of rows) expect(names.map((name) => path.basename(`${name}`))).toContain(row.object_address);
});

test('the database killed: not ready, out of resources, started again on its own', async () => {
  const server = serverOf(folder);
  const object = objectOf();
  process.kill(server, 'SIGKILL');
  const statuses = new Set<number>();
  const began = performance.now();
  let status = await store(object);
  const unready = await readiness();
  while (status !== 0 && performance.now() - began < 150_000) {
    statuses.add(status);
    await new Promise((resolve) => setTimeout(resolve, 100));
    status = await store(object);
  }
  const backMs = Math.round(performance.now() - began);
  expect(status).toBe(0);
  expect([...statuses].every(outOfResources)).toBe(true);
  expect(statuses.size).toBeGreaterThan(0);
  expect(unready).toMatchObject({ code: 503, status: 'not ready', database: false, store: true });
  expect(await readiness()).toMatchObject(ready);
  expect(serverOf(folder)).not.toBe(server);
  expect(await stored(object.head.sopInstanceUid)).toBe(1);
  const later = await open();
  expect(await store(objectOf(), later)).toBe(0);
  await later.release();
  console.log(`database killed: stored again after ${backMs} ms`);
});

test('the database frozen and gone on: nothing hangs for ever', async () => {
  const server = serverOf(folder);
  const object = objectOf();
  process.kill(server, 'SIGSTOP');
  setTimeout(() => process.kill(server, 'SIGCONT'), 1_500);
  const status = await store(object);
  expect(status === 0 || outOfResources(status)).toBe(true);
  await expect.poll(async () => (await readiness()).code, { timeout: 120_000 }).toBe(200);
  expect(await store(object)).toBe(0);
  await association.release();
  expect((await hub.stop('SIGTERM')).code).toBe(0);
  expect(servers(folder)).toEqual([]);
});
