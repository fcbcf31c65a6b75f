import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { unzipSync } from 'fflate';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { bindingFaults } from '../../../integrations/fhir/bindingFaults.ts';
import { faultsOf } from '../../../integrations/fhir/validateR4.ts';

let hub: TestHub;
let doctor: Client;
let orderId: string;
let otherId: string;
const card = completeIdCard('32062119720518109');
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  doctor = await hub.as('doctor1');
  orderId = await signed('分享甲', card, '1972-05-18');
  otherId = await signed('分享乙', completeIdCard('32062119660203105'), '1966-02-03');
});
afterAll(() => hub.close());

async function signed(name: string, value: string, birthDate: string): Promise<string> {
  const [reader, verifier] = await Promise.all([hub.as('radiologist1'), hub.as('radiologist2')]);
  const made = await doctor.post('/api/orders', {
    center: 'imaging',
    items: [{ code: 'DR-CHEST' }],
    priority: 'routine',
    patient: { name, sex: 'M', birthDate, identifiers: [{ type: 'id-card', value }] },
    remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
    clinicalInfo: '咳嗽 <3 天 & 发热',
  });
  const { id } = made.body;
  await reader.post(`/api/orders/${id}/accept`);
  await reader.post(`/api/orders/${id}/claim`);
  await reader.put(
    `/api/orders/${id}/report`,
    { findings: '双肺清晰', impression: '心肺未见异常' },
    { 'If-Match': '"0"' },
  );
  await reader.post(`/api/orders/${id}/report/submit`);
  await verifier.post(`/api/orders/${id}/report/sign`, { pin: '246810' });
  return id;
}

const share = (more: Record<string, unknown> = {}) =>
  doctor.post('/api/shares', {
    orderIds: [orderId],
    purpose: '外院就诊',
    consentBy: '本人',
    days: 7,
    ...more,
  });

async function open(code: string, factor: string) {
  const answer = await fetch(`${hub.url}/api/share/open`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: hub.url },
    body: JSON.stringify({ code, factor, hospital: '省人民医院', person: '李医生' }),
  });
  return { status: answer.status, cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
}
const read = (path: string, cookie: string) => fetch(hub.url + path, { headers: { cookie } });

describe('a share by code', () => {
  test('opens with code and the last four of the document, shows its orders and no others', async () => {
    const made = (await share()).body;
    expect(made.code).toMatch(/^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/);
    expect(made.qrSvg).toContain('<svg');
    expect(made.factor).toBe('id-last-4');
    expect((await open(made.code, '0000')).status).toBe(403);
    const { status, cookie } = await open(made.code.toLowerCase().replaceAll('-', ' '), card.slice(-4));
    expect(status).toBe(200);
    const seen = (await (await read('/api/share', cookie)).json()) as Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- an answer
    expect(seen.patient.name).toBe('分享甲');
    expect(seen.items).toMatchObject([{ orderId, content: { impression: '心肺未见异常' } }]);
    const pdf = await read(`/api/share/orders/${orderId}/report.pdf`, cookie);
    expect(
      Buffer.from(await pdf.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
    expect((await read(`/api/share/orders/${otherId}/report.pdf`, cookie)).status).toBe(404);
    for (const path of ['/api/orders', `/api/orders/${orderId}`, '/api/patients?q=x', '/fhir/Patient'])
      expect((await read(path, cookie)).status, path).toBe(401);
    const trail = await hub.ctx.db
      .selectFrom('auditEvent')
      .select(['action', 'outcome', 'actorName'])
      .where('action', 'in', ['share.open', 'share.read'])
      .where('subjectId', '=', made.id)
      .orderBy('seq')
      .execute();
    expect(trail).toMatchObject([
      { action: 'share.open', outcome: 'denied' },
      { action: 'share.open', outcome: 'done', actorName: '省人民医院 李医生' },
      { action: 'share.read', outcome: 'done', actorName: '省人民医院 李医生' },
    ]);
    const listed = (await doctor.get(`/api/orders/${orderId}/shares`)).body.items;
    expect(listed[0]).toMatchObject({ opened: 1, openings: [{ hospital: '省人民医院' }] });
    expect(JSON.stringify(listed)).not.toContain(made.code);
  });

  test('is dead at once when revoked, after five wrong entries and when its time is over', async () => {
    const revoked = (await share()).body;
    const { cookie } = await open(revoked.code, card.slice(-4));
    expect((await doctor.post(`/api/shares/${revoked.id}/revoke`, { reason: '患者要求' })).status).toBe(200);
    expect((await read('/api/share', cookie)).status).toBe(401);
    expect((await open(revoked.code, card.slice(-4))).status).toBe(403);
    const guessed = (await share()).body;
    for (let n = 0; n < 5; n++) expect((await open(guessed.code, '1111')).status).toBe(403);
    expect((await open(guessed.code, card.slice(-4))).status).toBe(403);
    const late = (await share({ days: 1 })).body;
    hub.clock.advance(24 * 60 + 1);
    expect((await open(late.code, card.slice(-4))).status).toBe(403);
    hub.clock.advance(-24 * 60 - 1);
  });

  test('holds results of one patient, signed, in sight of who makes it', async () => {
    expect((await share({ orderIds: [orderId, otherId] })).status).toBe(422);
    const stranger = await hub.as('clinician1');
    const refused = await stranger.post('/api/shares', {
      orderIds: [orderId],
      purpose: 'x',
      consentBy: 'x',
    });
    expect([403, 404]).toContain(refused.status);
  });

  test('goes out as package: PDF, CDA, FHIR bundle and a manifest of hashes', async () => {
    const made = (await share()).body;
    const { cookie } = await open(made.code, card.slice(-4));
    const zip = unzipSync(new Uint8Array(await (await read('/api/share/package', cookie)).arrayBuffer()));
    const names = Object.keys(zip);
    expect(names.find((name) => /^REPORTS\/.*\.pdf$/.test(name))).toBeTruthy();
    const cda = Buffer.from(zip[names.find((name) => name.startsWith('CDA/'))!]!).toString('utf8');
    expect(XMLValidator.validate(cda)).toBe(true);
    const document = new XMLParser({ ignoreAttributes: false }).parse(cda).ClinicalDocument;
    expect(document.recordTarget.patientRole.patient.name).toBe('分享甲');
    expect(document.code['@_code']).toBe('18748-4');
    expect(cda).not.toContain(card);
    const bundle = JSON.parse(Buffer.from(zip['FHIR/bundle.json']!).toString('utf8'));
    expect(
      bundle.entry.map((entry: { resource: { resourceType: string } }) => entry.resource.resourceType),
    ).toEqual(expect.arrayContaining(['Patient', 'ServiceRequest', 'DiagnosticReport', 'Provenance']));
    for (const each of [bundle, ...bundle.entry.map((entry: { resource: unknown }) => entry.resource)]) {
      expect(faultsOf(each)).toEqual([]);
      expect(bindingFaults(each)).toEqual([]);
    }
    const manifest = JSON.parse(Buffer.from(zip['MANIFEST.json']!).toString('utf8'));
    for (const file of manifest.files)
      expect(createHash('sha256').update(zip[file.name]!).digest('hex')).toBe(file.sha256);
    expect((await (await hub.as('tech1')).post(`/api/orders/${orderId}/package`, { reason: 'x' })).status).toBe(403); // prettier-ignore
  });
});
