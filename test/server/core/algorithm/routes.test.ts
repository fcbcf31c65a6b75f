import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  sopClasses,
  srTags,
  tags,
  textItem,
  transferSyntaxes,
  writeDataSet,
  writeFileMeta,
} from '../../../../server/standards/dicom/index.ts';
import { startHub, type Answer, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let admin: Client, doctor: Client, reader: Client;
let lead: string;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [admin, doctor, reader] = (await Promise.all(['admin1', 'doctor1', 'radiologist1'].map((name) => hub.as(name)))) as [Client, Client, Client];
  lead = (await hub.ctx.db.selectFrom('institution').select('id').where('code', '=', 'QHRM').executeTakeFirstOrThrow()).id;
}); // prettier-ignore
afterAll(() => hub?.close());

let serial = 0;
const token = async (verbs = ['input.read']) =>
  (await admin.post('/api/tokens', { name: `ai ${++serial}`, institutionId: lead, verbs, days: 30 }))
    .body as {
    id: string;
    token: string;
  };
const call = async (bearer: string, path: string, body: object | Buffer = {}, type = 'application/json') => {
  const answer = await fetch(hub.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': type },
    body: Buffer.isBuffer(body) ? (body as Buffer<ArrayBuffer>) : JSON.stringify(body),
  });
  const text = await answer.text();
  const said: Pick<Answer, 'status' | 'body'> = { status: answer.status, body: JSON.parse(text || 'null') };
  return said;
};
async function algorithm(): Promise<{ id: string; token: string }> {
  const made = await token();
  const { body } = await admin.post('/api/algorithms', {
    name: `结节 ${serial}`,
    version: '2.1',
    vendor: '某公司',
    intendedUse: '提示',
    institutionId: lead,
    center: 'imaging',
    tokenId: made.id,
  });
  return { id: (body as { id: string }).id, token: made.token };
}
async function received(): Promise<string> {
  const { body } = await doctor.post('/api/orders', {
    center: 'imaging',
    items: [{ code: 'DR-CHEST' }],
    patient: {
      name: '钱小满',
      sex: 'F',
      birthDate: '1980-02-02',
      identifiers: [{ type: 'mrn', value: `AL${++serial}` }],
    },
    remoteConsent: { by: '本人', at: new Date().toISOString() },
  });
  const { id } = body as { id: string };
  await reader.post(`/api/orders/${id}/accept`);
  return id;
}
/** An algorithm that has taken the case of a new order. */
async function takenCase() {
  const { token: bearer } = await algorithm();
  const orderId = await received();
  let taken: { caseId: string; orderId: string } | undefined;
  while (taken?.orderId !== orderId) taken = (await call(bearer, '/api/algorithm-cases/next')).body;
  return { bearer, orderId, taken };
}
let waiting: Awaited<ReturnType<typeof takenCase>> | undefined;
const FOUND = { conclusion: '右上肺结节', positive: true };

describe('an algorithm outside the hub', () => {
  test('is given what it needs of a case and no name or number; then nothing more', async () => {
    const { id, token: bearer } = await algorithm();
    const orderId = await received();
    const { status, body } = await call(bearer, '/api/algorithm-cases/next');
    expect(status).toBe(200);
    expect(body).toMatchObject({ orderId, center: 'imaging', modality: 'DX', bodyPart: 'CHEST', priority: 'routine', sex: 'F', ageYears: 46, studyUids: [] });
    expect(JSON.stringify(body)).not.toMatch(/钱小满|AL\d/);
    expect(body).not.toHaveProperty('patientId');
    expect(await call(bearer, '/api/algorithm-cases/next')).toEqual({ status: 204, body: null });
    const audit = await hub.ctx.db.selectFrom('auditEvent').select(['actorName', 'patientId']).where('action', '=', 'algorithm.case').where('subjectId', '=', orderId).execute();
    expect(audit).toEqual([{ actorName: expect.stringContaining('ai'), patientId: expect.any(String) }]);
    const device = await hub.ctx.db.selectFrom('device').select('lastSeenAt').where('id', '=', id).executeTakeFirstOrThrow();
    expect(device.lastSeenAt).not.toBeNull();
  }); // prettier-ignore

  test('asks with the token of an active algorithm, not with another one and not as a person', async () => {
    const stray = await token();
    expect((await call(stray.token, '/api/algorithm-cases/next')).status).toBe(403);
    const other = await token(['order.read']);
    expect((await call(other.token, '/api/algorithm-cases/next')).status).toBe(403);
    expect((await reader.post('/api/algorithm-cases/next')).status).toBe(403);
    const { id, token: bearer } = await algorithm();
    const active = (value: boolean) => admin.post(`/api/algorithms/${id}/active`, { active: value });
    expect((await active(false)).status).toBe(200);
    expect((await call(bearer, '/api/algorithm-cases/next')).status).toBe(403);
    await active(true);
    expect((await call(bearer, '/api/algorithm-cases/next')).status).not.toBe(403);
    expect((await admin.post(`/api/algorithms/${lead}/active`, { active: true })).status).toBe(404);
    expect((await reader.post(`/api/algorithms/${id}/active`, { active: false })).status).toBe(403);
  });

  test.each([
    [{}, ['conclusion', 'positive']],
    [{ ...FOUND, conclusion: ' ' }, ['conclusion']],
    [{ ...FOUND, positive: 'yes' }, ['positive']],
    [{ ...FOUND, priority: 'routine' }, ['priority']],
    [{ ...FOUND, findings: [{ code: 'n', label: '结节', confidence: 1.1 }] }, ['findings.0.confidence']],
    [{ ...FOUND, findings: [{ code: 'n', label: '结节', seriesUid: 'x' }] }, ['findings.0.seriesUid']],
    [{ ...FOUND, findings: Array.from({ length: 201 }, () => ({ code: 'n', label: 'x' })) }, ['findings']],
  ])('does not answer with %j; its case waits for a better answer', async (body, paths) => {
    const { bearer, taken } = (waiting ??= await takenCase());
    const refused = await call(bearer, `/api/algorithm-cases/${taken.caseId}/findings`, body);
    expect([refused.status, refused.body.errors.map((fault: { path: string }) => fault.path)]).toEqual([400, paths]);
    const row = await hub.ctx.db.selectFrom('algorithmCase').select('state').where('id', '=', taken.caseId).executeTakeFirstOrThrow();
    expect(row.state).toBe('taken');
  }); // prettier-ignore

  test('answers with a structured report, which is kept as it came beside what was read from it', async () => {
    const { bearer, orderId, taken } = await takenCase();
    const sopClassUid = sopClasses.comprehensiveSr;
    const report = Buffer.concat([
      writeFileMeta({ sopClassUid, sopInstanceUid: '1.2.3', transferSyntax: transferSyntaxes.explicitLittleEndian }),
      writeDataSet([
        [tags.sopClassUid, sopClassUid],
        [tags.sopInstanceUid, '1.2.3'],
        [srTags.contentSequence, [textItem('CONTAINS', ['121077', 'DCM', 'Conclusion'], '未见结节')]],
      ]),
    ]);
    const path = `/api/algorithm-cases/${taken.caseId}/findings`;
    expect((await call(bearer, path, Buffer.from('<html>'), 'application/dicom')).status).toBe(400);
    expect((await call(bearer, path, report, 'application/dicom')).status).toBe(201);
    const [draft] = (await reader.get(`/api/orders/${orderId}/algorithm-results`)).body.items;
    expect(draft).toMatchObject({ conclusion: '未见结节', format: 'dicom-sr', registrationNumber: null, vendor: '某公司', verdict: null });
    const kept = await hub.ctx.db.selectFrom('algorithmResult').select('objectAddress').where('orderId', '=', orderId).executeTakeFirstOrThrow();
    expect((await hub.ctx.objects.read(kept.objectAddress ?? '')).equals(report)).toBe(true);
  }); // prettier-ignore

  test('answers its own cases only, and sees nothing else with its token', async () => {
    const [mine, theirs] = [await algorithm(), await algorithm()];
    const orderId = await received();
    let taken: { caseId: string; orderId: string } | undefined;
    while (taken?.orderId !== orderId) taken = (await call(mine.token, '/api/algorithm-cases/next')).body;
    const path = `/api/algorithm-cases/${taken.caseId}/findings`;
    expect((await call(theirs.token, path, FOUND)).status).toBe(404);
    expect((await call(mine.token, '/api/algorithm-cases/nothing/findings', FOUND)).status).toBe(400);
    expect((await call(mine.token, `/api/orders/${orderId}/cancel`, { reason: 'x' })).status).toBe(403);
    expect((await call(mine.token, path, FOUND)).status).toBe(201);
    expect((await call(mine.token, path, FOUND)).status).toBe(409);
  });
});

describe('drafts', () => {
  test('are for who writes the report, not for the site', async () => {
    const id = await received();
    expect((await reader.get(`/api/orders/${id}/algorithm-results`)).status).toBe(200);
    expect((await doctor.get(`/api/orders/${id}/algorithm-results`)).status).toBe(403);
    expect((await (await hub.as('cardiologist1')).get(`/api/orders/${id}/algorithm-results`)).status).toBe(
      404,
    );
  });

  test.each([
    ['agreement?from=2026-02-30&to=2026-03-01', 400],
    ['agreement/cases?from=2026-02-01&to=2026-03-01&name=x&version=1&cell=neither', 400],
    ['agreement/cases?from=2026-02-01&to=2026-03-01&name=x', 400],
    ['agreement/cases?from=2026-02-01&to=2026-03-01&name=x&version=1', 200],
    ['agreement?from=2026-02-01&to=2026-03-01', 200],
  ])('and figures: %s is %i', async (path, status) => {
    expect((await (await hub.as('qa1')).get(`/api/algorithms/${path}`)).status).toBe(status);
    expect((await doctor.get(`/api/algorithms/${path}`)).status).toBe(403);
  });
});
