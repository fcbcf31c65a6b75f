import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { completeIdCard } from '../../../server/standards/identity/idCard.ts';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';
import { interpretationOf, REQUEST_STATUS, TASK_STATUS } from '../../../integrations/fhir/resources.ts';
import { bindingFaults } from './bindingFaults.ts';
import { faultsOf } from './validateR4.ts';

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
  expect((await other.get(`/fhir/DiagnosticReport?patient.identifier=${card}`)).body.entry).toBeUndefined();
  expect((await other.get(`/fhir/ServiceRequest/${orderId}`)).status).toBe(404);
  expect((await other.get(`/fhir/DiagnosticReport/${orderId}/_history`)).status).toBe(404);
  expect((await other.get(`/fhir/DiagnosticReport/${orderId}/_history/1`)).status).toBe(404);
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
  expect((await doctor.get('/fhir/Organization?name=%25')).body.entry).toBeUndefined();
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

async function token(institution: string, verbs: string[], scopes: string[] = []) {
  const admin = await hub.as('admin1');
  const { id } = await hub.ctx.db.selectFrom('institution').select('id').where('code', '=', institution).executeTakeFirstOrThrow(); // prettier-ignore
  const made = await admin.post('/api/tokens', {
    name: `HIS ${institution}`,
    institutionId: id,
    verbs,
    scopes,
  });
  expect(made.status).toBe(201);
  return async (path: string, body?: unknown) => {
    const answer = await fetch(`${hub.url}/fhir/${path}`, {
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      headers: { authorization: `Bearer ${made.body.token}`, 'content-type': 'application/fhir+json' },
    });
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read answers freely
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as any };
  };
}
const WHOLE = ['order.read', 'order.request', 'report.read', 'input.read', 'patient.read'];

test('every type answers what the R4 structure definitions allow, the CapabilityStatement and errors too', async () => {
  const laboratory = await hub.as('lab2');
  const labOrder = (await doctor.get('/fhir/ServiceRequest?category=LAB')).body.entry[0].resource
    .id as string;
  await sql`insert into signed_report (order_id, number, kind, content, manifest, reporter_id, signer_id, signed_at, verify_code)
    select ${labOrder}::uuid, 1, 'final', ${JSON.stringify({
      results: [
        { code: 'NEUT#', name: '中性粒细胞数', value: '<0.5', unit: '10^9/L', range: '1.8-6.3', flag: 'L', loinc: '751-8', numeric: true, measuredAt: '2026-11-22T01:00:00Z' },
        { code: 'NEUT%', name: '中性粒细胞百分数', value: '***', unit: '%', range: null, flag: null, loinc: null, numeric: true, measuredAt: null },
      ],
    })}::jsonb, '[]'::jsonb, s.id, s.id, now(), 'FHIRTEST1' from staff s where s.username = 'lab2'`.execute(hub.ctx.db); // prettier-ignore
  for (const path of [
    'metadata',
    'Patient?name=傅',
    'ServiceRequest?_revinclude=DiagnosticReport:based-on&_revinclude=Task:focus&_include=ServiceRequest:requester',
    'Specimen',
    'Task',
    'DiagnosticReport?_include=DiagnosticReport:result&_revinclude=Provenance:target',
    'Observation',
    'ImagingStudy',
    'Provenance',
    'Organization',
    'Practitioner',
    `DiagnosticReport/${orderId}/_history`,
    'Patient/none',
    'Task?wrong=1',
  ]) {
    const { body } = await (path === 'Observation' ? laboratory : doctor).get(`/fhir/${path}`);
    expect(faultsOf(body), path).toEqual([]);
    expect(bindingFaults(body), path).toEqual([]);
    for (const { resource } of body.entry ?? [])
      expect(faultsOf(resource), `${path} ${resource.resourceType}`).toEqual([]);
  }
  const observations = (await doctor.get(`/fhir/Observation?based-on=ServiceRequest/${labOrder}`)).body.entry;
  expect(new Set(observations.map((each: { resource: { id: string } }) => each.resource.id)).size).toBe(2);
  expect(observations[0].resource.valueQuantity).toMatchObject({ value: 0.5, comparator: '<' });
  expect(observations[1].resource.valueString).toBe('***');
  expect(observations[0].resource.valueQuantity).toMatchObject({
    system: 'http://unitsofmeasure.org',
    code: '10*9/L',
  });
  expect(faultsOf({ resourceType: 'ServiceRequest', status: 'active' })).not.toEqual([]); // it can fail
});

test('codes outside their value set or unknown to their system are found', () => {
  const interpretation = (code: string) => [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code }] }]; // prettier-ignore
  const sound = { resourceType: 'Observation', status: 'final', interpretation: interpretation('HH') };
  expect(bindingFaults(sound)).toEqual([]);
  expect(bindingFaults({ ...sound, status: 'signed' } as never)).toHaveLength(1);
  expect(bindingFaults({ ...sound, interpretation: interpretation('高') } as never)).toHaveLength(1);
  const bundle = { resourceType: 'Bundle', type: 'searchset', entry: [{ resource: { ...sound, status: 'x' }, search: { mode: 'hit' } }] }; // prettier-ignore
  expect(bindingFaults(bundle)).toHaveLength(2);
});

test('every status, priority, sex and flag of the hub has its code in R4', () => {
  for (const status of Object.values(REQUEST_STATUS)) expect(bindingFaults({ resourceType: 'ServiceRequest', status } as never)).toEqual([]); // prettier-ignore
  for (const status of Object.values(TASK_STATUS)) expect(bindingFaults({ resourceType: 'Task', status } as never)).toEqual([]); // prettier-ignore
  for (const flag of ['L', 'H', 'LL', 'HH', 'A', 'POS', 'N', null])
    expect(bindingFaults({ resourceType: 'Observation', interpretation: interpretationOf(flag) } as never), String(flag)).toEqual([]); // prettier-ignore
});

test('a token reads its own site and its verbs, nothing else', async () => {
  const own = await token('LIUHE', WHOLE);
  const narrow = await token('LIUHE', ['order.read']);
  const stranger = await token('QHZY', WHOLE);
  expect((await own(`DiagnosticReport/${orderId}`)).status).toBe(200);
  expect((await own(`Patient?identifier=${card}`)).body.entry).toHaveLength(1);
  for (const path of [
    'DiagnosticReport',
    'Observation',
    'Provenance',
    'ImagingStudy',
    'Patient',
    `DiagnosticReport/${orderId}/_history`,
    'Binary/x',
  ])
    // prettier-ignore
    expect((await narrow(path)).status, path).toBe(403);
  expect((await narrow(`ServiceRequest/${orderId}`)).status).toBe(200);
  expect((await narrow(`ServiceRequest?_id=${orderId}&_revinclude=DiagnosticReport:based-on&_include=ServiceRequest:subject`)).body.entry).toHaveLength(1); // prettier-ignore
  for (const path of [
    `DiagnosticReport/${orderId}`,
    `DiagnosticReport/${orderId}/_history`,
    `DiagnosticReport/${orderId}/_history/1`,
    `ServiceRequest/${orderId}`,
    `Task/${orderId}`,
  ])
    // prettier-ignore
    expect((await stranger(path)).status, path).toBe(404);
  for (const path of [
    `Patient?identifier=${card}`,
    `DiagnosticReport?patient.identifier=${card}`,
    `ServiceRequest?identifier=F-77`,
    `ServiceRequest?_id=${orderId}`,
  ])
    // prettier-ignore
    expect((await stranger(path)).body.entry, path).toBeUndefined();
  expect((await narrow('ServiceRequest', {})).status).toBe(403);
});

test('a token with SMART scopes reads what they name and nothing else; the missing scope is named', async () => {
  const reports = await token('LIUHE', ['order.read', 'report.read'], ['system/DiagnosticReport.rs']);
  expect((await reports(`DiagnosticReport/${orderId}`)).status).toBe(200);
  const alone = await reports(`DiagnosticReport?_id=${orderId}&_include=DiagnosticReport:subject&_include=DiagnosticReport:based-on&_include=DiagnosticReport:performer&_revinclude=Provenance:target`); // prettier-ignore
  expect(alone.body.entry).toHaveLength(1); // what no scope opens does not come along, whatever the verbs
  for (const [path, scope] of [
    ['Observation', 'system/Observation.s'],
    ['Patient', 'system/Patient.s'],
    [`ServiceRequest/${orderId}`, 'system/ServiceRequest.r'],
    ['Binary/x', 'system/Binary.r'],
  ] as const) {
    const refused = await reports(path);
    expect(refused.status, path).toBe(403);
    expect(refused.body).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ code: 'forbidden', diagnostics: expect.stringContaining(scope) as string }],
    });
  }
  const created = await reports('ServiceRequest', {});
  expect([created.status, created.body.issue[0].diagnostics]).toEqual([403, expect.stringContaining('system/ServiceRequest.c')]); // prettier-ignore

  const readOnly = await token('LIUHE', [], ['system/*.read']);
  for (const path of [`Observation`, `Patient`, `Organization`, `ServiceRequest/${orderId}`])
    expect((await readOnly(path)).status, path).toBe(200);
  expect((await readOnly('ServiceRequest', {})).status).toBe(403);
  const byId = await token('LIUHE', [], ['system/Task.r']);
  expect((await byId(`Task/${orderId}`)).status).toBe(200);
  expect((await byId('Task')).status).toBe(403);
  const stranger = await token('QHZY', [], ['system/*.cruds']);
  expect((await stranger(`DiagnosticReport/${orderId}`)).status).toBe(404);

  const smart = (await readOnly('.well-known/smart-configuration')).body;
  expect(smart.scopes_supported).toContain('system/Observation.rs');
  const admin = await hub.as('admin1');
  const { id } = await hub.ctx.db.selectFrom('institution').select('id').where('code', '=', 'LIUHE').executeTakeFirstOrThrow(); // prettier-ignore
  for (const scopes of [[], ['system/Nothing.rs'], ['patient/*.rs'], ['system/Task.'], ['system/Task.sr']])
    expect((await admin.post('/api/tokens', { name: 'x', institutionId: id, verbs: [], scopes })).status, String(scopes)).toBe(422); // prettier-ignore
});

test('scopes open nothing outside /fhir', async () => {
  const admin = await hub.as('admin1');
  const { id } = await hub.ctx.db.selectFrom('institution').select('id').where('code', '=', 'LIUHE').executeTakeFirstOrThrow(); // prettier-ignore
  const made = await admin.post('/api/tokens', { name: 'scopes only', institutionId: id, scopes: ['system/*.cruds'] }); // prettier-ignore
  const answer = await fetch(`${hub.url}/api/orders/${orderId}/report`, { headers: { authorization: `Bearer ${made.body.token}` } }); // prettier-ignore
  expect([403, 404]).toContain(answer.status);
});

test('a corrected report keeps its id; its versions are read by number and listed newest first', async () => {
  const verifier = await hub.as('radiologist2');
  const corrected = await verifier.post(`/api/orders/${orderId}/report/correct`, {
    findings: '左下肺斑片影',
    impression: '左下肺炎症',
    reason: '复核',
    pin: '246810',
  });
  expect(corrected.status, JSON.stringify(corrected.body)).toBe(200);
  const now = await doctor.get(`/fhir/DiagnosticReport/${orderId}`);
  expect(now.headers.get('etag')).toBe('W/"2"');
  expect(now.body).toMatchObject({ id: orderId, status: 'corrected', conclusion: '左下肺炎症' });
  const first = await doctor.get(`/fhir/DiagnosticReport/${orderId}/_history/1`);
  expect(first.body).toMatchObject({ id: orderId, status: 'final', conclusion: '心肺未见异常' });
  const history = (await doctor.get(`/fhir/DiagnosticReport/${orderId}/_history`)).body;
  expect(history).toMatchObject({ type: 'history', total: 2 });
  expect(
    history.entry.map((each: { resource: { meta: { versionId: string } } }) => each.resource.meta.versionId),
  ).toEqual(['2', '1']);
  expect((await doctor.get(`/fhir/DiagnosticReport/${orderId}/_history/3`)).status).toBe(404);
  for (const [query, found] of [
    ['status=corrected', 1],
    ['status=final', 0],
    ['status=final,corrected', 1],
    ['code=DR-CHEST', 1],
    ['code=CT-HEAD', 0],
    [`_lastUpdated=ge${new Date(Date.now() - 60_000).toISOString()}`, 1],
    [`_lastUpdated=gt${new Date(Date.now() + 60_000).toISOString()}`, 0],
    ['issued=lt2026', 0],
  ] as const)
    expect((await doctor.get(`/fhir/DiagnosticReport?based-on=ServiceRequest/${orderId}&${query}`)).body.entry ?? [], query).toHaveLength(found); // prettier-ignore
  expect((await doctor.get('/fhir/DiagnosticReport?date=yesterday')).status).toBe(400);
});

test('pages follow their links to the end, each request once, though several were made in one millisecond', async () => {
  await sql`update orders set created_at = '2026-11-20T01:02:03.000100Z'::timestamptz + (row_number * interval '100 microseconds') from (select id, row_number() over () from orders) n where n.id = orders.id`.execute(hub.ctx.db); // prettier-ignore
  const ids: string[] = [];
  for (let next = '/fhir/ServiceRequest?_count=1'; next;) {
    const { body } = await doctor.get(next);
    ids.push(...(body.entry ?? []).map((each: { resource: { id: string } }) => each.resource.id));
    const link = body.link.find((each: { relation: string }) => each.relation === 'next')?.url as string;
    next = link ? link.slice(hub.url.length) : '';
  }
  const { n } = await hub.ctx.db.selectFrom('orders').select((eb) => eb.fn.countAll<string>().as('n')).executeTakeFirstOrThrow(); // prettier-ignore
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(Number(n));
  expect((await doctor.get('/fhir/Task?cursor=eA')).status).toBe(400);
  expect((await doctor.get('/fhir/Task?_count=0')).status).toBe(400);
});

test('a ServiceRequest of another system is taken; earlier valid results hold it for the clinician', async () => {
  const his = await token('LIUHE', WHOLE);
  const request = (code: string, placer: string) => ({
    resourceType: 'ServiceRequest',
    status: 'active',
    intent: 'order',
    priority: 'urgent',
    contained: [
      {
        resourceType: 'Patient',
        id: 'p',
        name: [{ text: '傅海尔' }],
        gender: 'male',
        birthDate: '1971-09-01',
        identifier: [{ type: { coding: [{ code: 'NNCHN' }] }, value: card }],
      },
    ],
    identifier: [{ type: { coding: [{ code: 'PLAC' }] }, value: placer }],
    code: { coding: [{ system: 'urn:county-hub:item', code }] },
    subject: { reference: '#p' },
    reasonCode: [{ text: '咳嗽三天' }],
  });
  const made = await his('ServiceRequest', request('CT-HEAD', 'F-78'));
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  expect(made.body).toMatchObject({ status: 'active', priority: 'urgent', note: [{ text: '咳嗽三天' }] });
  expect(made.headers.get('location')).toBe(`${hub.url}/fhir/ServiceRequest/${made.body.id}`);
  expect(faultsOf(made.body)).toEqual([]);
  expect((await his(`ServiceRequest?requisition=${made.body.requisition.value}`)).body.entry).toHaveLength(1);
  expect((await his('ServiceRequest', request('DR-CHEST', 'F-79'))).body.status).toBe('on-hold');
  expect((await his('ServiceRequest', request('CT-HEAD', 'F-78'))).status).toBe(409);
  const wrong = await his('ServiceRequest', { ...request('NOTHING', 'F-80'), intent: 'order' });
  expect(wrong.status).toBe(422);
  expect(wrong.body.issue[1].diagnostics).toContain('NOTHING');
  const contradicting = request('CT-HEAD', 'F-81');
  contradicting.contained[0]!.birthDate = '1971-09-02';
  expect((await his('ServiceRequest', contradicting)).status).toBe(422);
  expect((await his('ServiceRequest', { resourceType: 'Patient' })).status).toBe(422);
});
