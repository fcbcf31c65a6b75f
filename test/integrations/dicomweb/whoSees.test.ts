import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sopClasses, tags } from '../../../server/standards/dicom/index.ts';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';
import { makeFile, newUid, store, township } from '../../server/imaging/objects.ts';
import { get } from './client.ts';

let hub: TestHub;
const people: Record<string, Client> = {};
const [study, series, uid] = [newUid(), newUid(), newUid()];
const instance = `studies/${study}/series/${series}/instances/${uid}`;

beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  for (const name of ['tech1', 'doctor2', 'courier1', 'radiologist1', 'lab1', 'registrar1'])
    people[name] = await hub.as(name);
  await store(
    hub.ctx,
    await township(hub.ctx),
    makeFile({ study, series, uid, size: 32, patientId: 'W-1', more: [[tags.seriesDescription, 'HEAD']] }),
  );
});
afterAll(() => hub.close());

const ask = (who: string, path: string, accept = '*/*', headers: Record<string, string> = {}) =>
  get(hub.url, people[who]!, `/dicom-web/${path}`, accept, headers);
const denied = async () =>
  (
    await hub.ctx.db
      .selectFrom('auditEvent')
      .select(['actorName', 'action'])
      .where('subjectId', '=', study)
      .where('outcome', '=', 'denied')
      .execute()
  ).length;

const resources = [
  `studies/${study}`,
  `studies/${study}/metadata`,
  `studies/${study}/rendered`,
  `studies/${study}/thumbnail`,
  `studies/${study}/series`,
  `studies/${study}/instances`,
  `studies/${study}/series/${series}`,
  `studies/${study}/series/${series}/metadata`,
  `studies/${study}/series/${series}/rendered`,
  `studies/${study}/series/${series}/instances`,
  instance,
  `${instance}/metadata`,
  `${instance}/rendered`,
  `${instance}/thumbnail`,
  `${instance}/frames/1`,
  `${instance}/frames/1/rendered`,
  `${instance}/bulkdata/7FE00010`,
  `${instance}/bulkdata/SeriesDescription`,
];

describe.each(resources)('%s', (path) => {
  test('is given to the site that sent it, is not there for the neighbour, whose try is on record', async () => {
    const before = await denied();
    expect((await ask('tech1', path)).status).toBe(200);
    const other = await ask('doctor2', path);
    expect(other.status).toBe(404);
    expect(other.body.toString()).not.toContain('HEAD');
    expect(await denied()).toBe(before + 1);
    expect((await ask('courier1', path)).status).toBe(403);
  });
});

test.each(['studies', 'series', 'instances'])('a search of all %s holds nothing of a neighbour', async (level) => {
  expect(JSON.parse((await ask('tech1', level)).body.toString())).toHaveLength(1);
  expect((await ask('doctor2', level)).status).toBe(204);
  expect((await ask('courier1', level)).status).toBe(403);
}); // prettier-ignore

test('images that belong to no order are for who decides about them; a reader has no order with them', async () => {
  await hub.ctx.db.updateTable('studyOrder').set({ undoneAt: new Date() }).execute();
  expect((await ask('registrar1', `${instance}/metadata`)).status).toBe(200);
  expect((await ask('lab1', `${instance}/metadata`)).status).toBe(404);
});

test.each(['PUT', 'DELETE', 'PATCH', 'POST'])('%s changes nothing: objects are never overwritten by their address', async (method) => {
  const before = await hub.ctx.db.selectFrom('instance').selectAll().where('sopInstanceUid', '=', uid).execute();
  const answer = await fetch(`${hub.url}/dicom-web/${instance}`, { method, headers: { cookie: people.tech1!.cookie, origin: hub.url } });
  expect(answer.status).toBeGreaterThanOrEqual(404);
  expect(answer.status).toBeLessThan(500);
  expect(await hub.ctx.db.selectFrom('instance').selectAll().where('sopInstanceUid', '=', uid).execute()).toEqual(before);
}); // prettier-ignore

describe('what a browser has already is not sent again', () => {
  test.each<[string, string, boolean]>([
    [instance, 'application/dicom', true],
    [`${instance}/frames/1`, 'application/octet-stream', true],
    [`${instance}/bulkdata/7FE00010`, '*/*', true],
    [`studies/${study}/series/${series}/metadata`, 'application/dicom+json', false],
  ])('%s', async (path, accept, forGood) => {
    const first = await ask('tech1', path, accept);
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^(W\/)?"[^"]+"$/);
    expect(first.headers.get('cache-control')).toMatch(forGood ? /^private, .*immutable/ : /no-cache/);
    const again = await ask('tech1', path, accept, { 'if-none-match': etag });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect((await ask('tech1', path, accept, { 'if-none-match': '"another"' })).status).toBe(200);
    expect((await ask('doctor2', path, accept, { 'if-none-match': etag })).status).toBe(404);
  });

  test('metadata that changed is sent anew', async () => {
    const path = `studies/${study}/series/${series}/metadata`;
    const etag = (await ask('tech1', path)).headers.get('etag')!;
    await store(hub.ctx, await township(hub.ctx), makeFile({ study, series, instanceNumber: 2 }));
    const later = await ask('tech1', path, '*/*', { 'if-none-match': etag });
    expect(later.status).toBe(200);
    expect(JSON.parse(later.body.toString())).toHaveLength(2);
  });
});

describe('QIDO-RS parameters', () => {
  let warned: string | null;
  const count = async (query: string) => {
    const answer = await ask('tech1', query);
    warned = answer.headers.get('warning');
    if (answer.status !== 200 && answer.status !== 204) return answer.status;
    return answer.status === 204 ? 'none' : `${JSON.parse(answer.body.toString()).length} found`;
  };
  beforeEach(() => (warned = null));

  test.each<[string, string | number, RegExp | null]>([
    ['studies?limit=1&limit=2', 400, null],
    ['studies?limit=', 400, null],
    ['studies?offset=9999999', 'none', null],
    ['studies?offset=10000000', 400, null],
    ['studies?SeriesDescription=HEAD', '1 found', /not matched by: SeriesDescription/],
    ['series?SeriesDescription=HEAD', '1 found', null],
    ['series?SeriesDescription=FOOT', 'none', null],
    ['studies?00100020=W-1&PatientID=W-2', 'none', null],
    ['studies?PatientID=W-1&includefield=NoSuchField&orderby=-StudyDate&emptyvaluematching=true', '1 found', null],
    ['studies?PatientID=', '1 found', null],
    ['studies?PatientID=*', '1 found', null],
    ['studies?ModalitiesInStudy=CT,MR', '1 found', null],
    ['studies?fuzzymatching=TRUE&PatientName=zhang', 'none', null],
    ['studies?patientid=W-1', 400, null],
    ['studies?00400275.=x', 400, null],
    ['studies?=x', 400, null],
    [`studies/${study}/series?PatientID=W-2`, 'none', null],
    [`studies/${study}/series?StudyInstanceUID=1.2.3`, '1 found', null],
  ])('%s: %s', async (query, expected, warning) => {
    expect(await count(query)).toBe(expected);
    if (warning) expect(warned).toMatch(warning);
    else expect(warned).toBeNull();
  }); // prettier-ignore

  test('a match says where it is fetched from, at its level', async () => {
    const [found] = JSON.parse((await ask('tech1', `instances?SOPInstanceUID=${uid}`)).body.toString());
    expect(found['00081190'].Value).toEqual([`${hub.url}/dicom-web/${instance}`]);
    expect(found['00080016'].Value).toEqual([sopClasses.ct]);
  });
});
