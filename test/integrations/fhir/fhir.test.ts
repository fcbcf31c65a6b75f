import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { completeIdCard } from '../../../server/standards/identity/idCard.ts';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';

let hub: TestHub;
let doctor: Client;
let orderId: string;
const card = completeIdCard('32062119710901' + '333');
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  doctor = await hub.as('doctor1');
  const [reader, verifier] = await Promise.all([hub.as('radiologist1'), hub.as('radiologist2')]);
  orderId = (
    await doctor.post('/api/orders', {
      center: 'imaging',
      items: [{ code: 'DR-CHEST' }],
      priority: 'urgent',
      placerOrderNumber: 'F-77',
      patient: {
        name: '傅海尔',
        sex: 'M',
        birthDate: '1971-09-01',
        identifiers: [{ type: 'id-card', value: card }],
      },
      remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
    })
  ).body.id;
  await reader.post(`/api/orders/${orderId}/accept`);
  await reader.put(
    `/api/orders/${orderId}/report`,
    { findings: '双肺清晰', impression: '心肺未见异常' },
    { 'If-Match': '"0"' },
  );
  await reader.post(`/api/orders/${orderId}/report/submit`);
  await verifier.post(`/api/orders/${orderId}/report/sign`, { pin: '246810' });
});
afterAll(() => hub.close());

test('a report is found by the patient’s ID card, with subject and request included, label and PDF', async () => {
  const found = await doctor.get(
    `/fhir/DiagnosticReport?patient.identifier=${card}&_include=DiagnosticReport:subject,DiagnosticReport:based-on`,
  );
  expect(found.headers.get('content-type')).toContain('application/fhir+json');
  expect(found.body).toMatchObject({ resourceType: 'Bundle', type: 'searchset' });
  const [report, ...rest] = found.body.entry.map(
    (entry: { resource: Record<string, unknown> }) => entry.resource,
  );
  expect(report).toMatchObject({
    resourceType: 'DiagnosticReport',
    status: 'final',
    conclusion: '心肺未见异常',
    extension: [{ valueString: '县HR' }],
    basedOn: [{ reference: `ServiceRequest/${orderId}` }],
  });
  expect(rest.map((resource: { resourceType: string }) => resource.resourceType)).toEqual([
    'Patient',
    'ServiceRequest',
  ]);
  expect(JSON.stringify(rest[0])).not.toContain(card);
  const pdf = await doctor.get(`/fhir/${report.presentedForm[0].url}`);
  expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-');
  const read = await doctor.get(`/fhir/DiagnosticReport/${report.id}`);
  expect(read.headers.get('etag')).toBe('W/"1"');
  expect(read.body).toEqual(report);
  expect(
    (await doctor.get(`/fhir/Provenance?target=DiagnosticReport/${report.id}`)).body.entry[0].resource
      .agent[0].who.display,
  ).toBe('林静');
});

test('a request is found by its placer number and accession number, a task by its focus', async () => {
  const byPlacer = (await doctor.get('/fhir/ServiceRequest?identifier=F-77')).body.entry;
  expect(byPlacer).toHaveLength(1);
  expect(byPlacer[0].resource).toMatchObject({
    id: orderId,
    status: 'completed',
    priority: 'urgent',
    intent: 'order',
  });
  expect((await doctor.get(`/fhir/Task?focus=ServiceRequest/${orderId}`)).body.entry[0].resource.status).toBe(
    'completed',
  );
});

test('another site finds nothing, an unknown parameter is refused, a stranger must sign in', async () => {
  const other = await hub.as('clinician1');
  expect((await other.get(`/fhir/DiagnosticReport?patient.identifier=${card}`)).body.entry).toEqual([]);
  expect((await other.get(`/fhir/ServiceRequest/${orderId}`)).status).toBe(404);
  const refused = await doctor.get('/fhir/DiagnosticReport?nonsense=1');
  expect(refused.status).toBe(400);
  expect(refused.body.resourceType).toBe('OperationOutcome');
  expect((await fetch(`${hub.url}/fhir/Patient`)).status).toBe(401);
  expect(await (await fetch(`${hub.url}/fhir/metadata`)).json()).toMatchObject({ fhirVersion: '4.0.1' });
});

test('specimens, organizations and practitioners are searched; includes of every type, another one is refused', async () => {
  const made = await doctor.post('/api/orders', {
    center: 'lab',
    items: [{ code: 'CBC' }],
    priority: 'routine',
    patient: {
      name: '傅海尔',
      sex: 'M',
      birthDate: '1971-09-01',
      identifiers: [{ type: 'id-card', value: card }],
    },
    remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
  });
  await sql`insert into lab_tube_type (code, name, name_en, color, color_name, specimen_type, volume_ml) values ('FHIR', '试管', 'Tube', '#7f3f9f', '紫', 'blood', 2)`.execute(
    hub.ctx.db,
  );
  await sql`insert into lab_container (barcode, order_id, tube_code, specimen_type, state, collected_at, collected_by_name) select 'FHIR-0001', ${made.body.id}::uuid, 'FHIR', 'blood', 'collected', now(), '吴秀兰'`.execute(
    hub.ctx.db,
  );
  const found = await doctor.get(
    `/fhir/Specimen?request=ServiceRequest/${made.body.id}&_include=Specimen:request&_include=Specimen:patient`,
  );
  const resources = found.body.entry.map((entry: { resource: { resourceType: string } }) => entry.resource);
  expect(resources[0]).toMatchObject({
    resourceType: 'Specimen',
    status: 'available',
    request: [{ reference: `ServiceRequest/${made.body.id}` }],
    collection: { collector: { display: '吴秀兰' } },
  });
  expect(resources.map((each: { resourceType: string }) => each.resourceType)).toEqual(
    expect.arrayContaining(['Patient', 'ServiceRequest']),
  );
  expect((await doctor.get(`/fhir/Specimen/${resources[0].id}`)).body).toEqual(resources[0]);
  const other = await hub.as('clinician1');
  expect((await other.get(`/fhir/Specimen/${resources[0].id}`)).status).toBe(404);
  const site = (await doctor.get('/fhir/Organization?identifier=LIUHE')).body.entry;
  expect(site.map((each: { resource: { name: string } }) => each.resource.name)).toEqual(['柳河镇卫生院']);
  expect((await doctor.get('/fhir/Organization?name=%25')).body.entry).toEqual([]);
  expect((await doctor.get('/fhir/Practitioner?name=林')).body.entry[0].resource.name[0].text).toBe('林静');
  const requests = await doctor.get(
    '/fhir/ServiceRequest?identifier=F-77&_include=ServiceRequest:subject&_include=ServiceRequest:requester',
  );
  expect(requests.body.entry.map((each: { search: { mode: string } }) => each.search.mode)).toEqual([
    'match',
    'include',
    'include',
  ]);
  expect((await doctor.get('/fhir/Task?_include=Task:nonsense')).status).toBe(400);
});
