import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readHeader, tags } from '../../../server/standards/dicom/index.ts';
import { startHub, type TestHub } from '../../helpers/hub.ts';
import { makeFile, newUid } from '../../server/imaging/objects.ts';
import { stow } from '../dicomweb/client.ts';

const has = (program: string) => spawnSync(program, ['--version']).status === 0;
const able = has('Orthanc') && has('findscu') && has('getscu') && has('movescu');
const run = promisify(execFile);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

describe.skipIf(!able)('Orthanc and DCMTK as peers of the whole hub (needs Orthanc and DCMTK)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-orthanc-'));
  const study = newUid();
  const series = newUid();
  const patientId = newUid().slice(-9);
  const files: Buffer[] = [];
  let hub: TestHub;
  let orthanc: ChildProcess;
  let port = '';
  let rest = '';

  const api = async <T>(path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${rest}${path}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  }; // prettier-ignore
  const dcmtk = async (program: string, ...options: string[]): Promise<string> => {
    const { stdout, stderr } = await run(program, [...options, '-aet', 'ORTHANC', '-aec', 'HUB', '127.0.0.1', port], {
      encoding: 'latin1',
      timeout: 60_000,
    }); // prettier-ignore
    return Buffer.from(stdout + stderr, 'latin1').toString('utf8');
  };
  const keys = (...pairs: string[]) => pairs.flatMap((pair) => ['-k', pair]);

  beforeAll(async () => {
    hub = await startHub({ env: { HUB_ROLES: 'web,dimse' } });
    port = String(hub.roles.addresses['dimse']);
    const [dicomPort, httpPort] = [await freePort(), await freePort()];
    rest = `http://127.0.0.1:${httpPort}`;
    const township = await hub.ctx.db
      .selectFrom('device')
      .select('institutionId')
      .where('aeTitle', '=', 'LIUHE')
      .executeTakeFirstOrThrow();
    const device = { kind: 'dicom', address: '127.0.0.1', institutionId: township.institutionId };
    const admin = await hub.as('admin1');
    for (const [aeTitle, listening] of [['ORTHANC', dicomPort], ['GONE', await freePort()], ['NOPORT', null]] as const)
      expect(await admin.post('/api/devices', { ...device, name: aeTitle, aeTitle, dicomPort: listening })).toMatchObject({ status: 201, body: { state: 'admitted', dicomPort: listening } }); // prettier-ignore
    for (let instanceNumber = 1; instanceNumber <= 3; instanceNumber++)
      files.push(
        makeFile({ study, series, instanceNumber, patientId, size: 32, fill: instanceNumber, patientName: 'LUO^XIN=罗^昕', sex: 'F' }),
      ); // prettier-ignore
    await stow(hub.url, await hub.as('tech1'), files);
    mkdirSync(join(folder, 'storage'));
    writeFileSync(
      join(folder, 'orthanc.json'),
      JSON.stringify({
        StorageDirectory: join(folder, 'storage'), IndexDirectory: join(folder, 'storage'), Plugins: [],
        DicomAet: 'ORTHANC', DicomPort: dicomPort, HttpPort: httpPort, RemoteAccessAllowed: false, AuthenticationEnabled: false,
        DefaultEncoding: 'Utf8', DicomModalities: { hub: ['HUB', '127.0.0.1', Number(port)] },
      }),
    ); // prettier-ignore
    const log = openSync(join(folder, 'log'), 'w');
    orthanc = spawn('Orthanc', [join(folder, 'orthanc.json')], { cwd: folder, stdio: ['ignore', log, log] });
    const started = () =>
      fetch(`${rest}/system`).then(
        (answer) => answer.ok,
        () => false,
      );
    for (let tries = 0; !(await started()) && tries < 300; tries++)
      await new Promise((resolve) => setTimeout(resolve, 100));
  });
  afterAll(async () => {
    if (orthanc && orthanc.exitCode === null) {
      orthanc.kill('SIGTERM');
      await once(orthanc, 'exit');
    }
    await hub?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = (level: string, query: Record<string, string>) =>
    api<{ ID: string }>('/modalities/hub/query', { Level: level, Query: query });
  const answersOf = async (id: string) =>
    Promise.all(
      (await api<string[]>(`/queries/${id}/answers`)).map((index) =>
        api<Record<string, string>>(`/queries/${id}/answers/${index}/content?simplify`),
      ),
    );

  test('Orthanc verifies, and finds patients, studies, series and images', async () => {
    expect(await api('/modalities/hub/echo', {})).toEqual({});
    const patients = await answersOf((await ask('Patient', { PatientID: patientId, PatientName: '' })).ID);
    expect(patients).toMatchObject([{ PatientID: patientId }]);
    expect(patients[0]?.PatientName).toContain('罗^昕');
    const studies = await answersOf(
      (await ask('Study', { PatientID: patientId, StudyInstanceUID: '', ModalitiesInStudy: '', NumberOfStudyRelatedInstances: '' })).ID,
    ); // prettier-ignore
    expect(studies).toMatchObject([
      { StudyInstanceUID: study, ModalitiesInStudy: 'CT', NumberOfStudyRelatedInstances: '3' },
    ]);
    const found = await answersOf(
      (await ask('Series', { StudyInstanceUID: study, SeriesInstanceUID: '' })).ID,
    );
    expect(found.map((each) => each.SeriesInstanceUID)).toEqual([series]);
    const images = await answersOf(
      (await ask('Instance', { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: '', InstanceNumber: '' })).ID,
    ); // prettier-ignore
    expect(images.map((each) => each.InstanceNumber?.trim()).sort()).toEqual(['1', '2', '3']);
    expect(await answersOf((await ask('Study', { PatientID: 'NOBODY' })).ID)).toEqual([]);
  });

  test('Orthanc has the hub move a study to it: the pixels and attributes that were sent', async () => {
    const { ID } = await ask('Study', { StudyInstanceUID: study });
    await api(`/queries/${ID}/retrieve`, { TargetAet: 'ORTHANC', Synchronous: true });
    const ids = await api<string[]>('/instances');
    expect(ids).toHaveLength(3);
    const sent = files.map((file) => readHeader(file));
    for (const id of ids) {
      const got = Buffer.from(await (await fetch(`${rest}/instances/${id}/file`)).arrayBuffer());
      const header = readHeader(got);
      const uid = header.dataSet.string(tags.sopInstanceUid);
      const original = sent.find((each) => each.dataSet.string(tags.sopInstanceUid) === uid);
      expect(got.subarray(header.dataSetOffset).equals(original!.source.subarray(original!.dataSetOffset))).toBe(true);
    }
  }); // prettier-ignore

  test('Orthanc sends an image of its own; what it sends again is not stored twice', async () => {
    const own = makeFile({ study: newUid(), patientId, size: 16, patientName: 'LUO^XIN=罗^昕', sex: 'F' });
    const answer = await fetch(`${rest}/instances`, { method: 'POST', body: new Uint8Array(own) });
    const { ID } = (await answer.json()) as { ID: string };
    const uid = readHeader(own).dataSet.string(tags.sopInstanceUid) ?? '';
    for (let times = 0; times < 2; times++)
      expect(await api('/modalities/hub/store', { Resources: [ID], Synchronous: true })).toMatchObject({
        FailedInstancesCount: 0,
        InstancesCount: 1,
      });
    const rows = await hub.ctx.db
      .selectFrom('instance')
      .select('id')
      .where('sopInstanceUid', '=', uid)
      .execute();
    expect(rows).toHaveLength(1);
  });

  test.each([
    ['study root', '-S', ['0008,0052=STUDY', `0020,000d=${study}`]],
    ['patient root', '-P', ['0008,0052=STUDY', `0010,0020=${patientId}`, `0020,000d=${study}`]],
    ['patient root, a whole patient', '-P', ['0008,0052=PATIENT', `0010,0020=${patientId}`]],
    ['study root, one series', '-S', ['0008,0052=SERIES', `0020,000d=${study}`, `0020,000e=${series}`]],
  ])('DCMTK: %s is fetched (C-GET) and moved (C-MOVE)', async (_name, model, query) => {
    const out = mkdtempSync(join(folder, 'get-'));
    await dcmtk('getscu', model, '-od', out, ...keys(...query));
    const got = readdirSync(out).map((name) => readHeader(readFileSync(join(out, name))).dataSet.string(tags.studyInstanceUid)); // prettier-ignore
    expect(got.filter((uid) => uid === study)).toHaveLength(3);
    expect(await dcmtk('movescu', '-v', model, '-aem', 'ORTHANC', ...keys(...query))).toMatch(/Received Final Move Response \(Success\)/); // prettier-ignore
    expect((await api<string[]>('/instances')).length).toBeGreaterThanOrEqual(3);
  });

  test.each([
    ['a study by name', '-S', ['0008,0052=STUDY', '0010,0010=*罗*', '0020,000d=', `0010,0020=${patientId}`]],
    ['a patient', '-P', ['0008,0052=PATIENT', '0010,0010=', `0010,0020=${patientId}`]],
    ['a series of a patient', '-P', ['0008,0052=SERIES', `0010,0020=${patientId}`, `0020,000d=${study}`, '0020,000e=']],
    ['an image of a patient', '-P', ['0008,0052=IMAGE', `0010,0020=${patientId}`, `0020,000d=${study}`, `0020,000e=${series}`, '0008,0018=']],
  ] as const)('DCMTK: findscu finds %s', async (_what, model, query) => {
    const said = await dcmtk('findscu', '-v', model, ...keys('0008,0005=ISO_IR 192', ...query));
    expect(said).toMatch(/Received Final Find Response \(Success\)/);
    expect(said).toMatch(/Find Response: 1 /);
  }); // prettier-ignore

  test.each([
    ['unknown', 'NOWHERE', /a801|Move Destination unknown/i],
    ['known without its port', 'NOPORT', /a801|Move Destination unknown/i],
    [
      'out of reach',
      'GONE',
      /no association with GONE[^]*Failed Suboperations *: 3|Failed Suboperations *: 3[^]*no association with GONE/i,
    ],
  ])('a destination that is %s is told', async (_what, destination, told) => {
    const said = await dcmtk('movescu', '-d', '-S', '-aem', destination, ...keys('0008,0052=STUDY', `0020,000d=${study}`)).catch(
      (error: Error & { stdout?: string; stderr?: string }) => `${error.stdout ?? ''}${error.stderr ?? ''}`,
    ); // prettier-ignore
    expect(said).toMatch(told);
  });
});
