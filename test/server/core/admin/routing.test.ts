import { afterAll, beforeAll, expect, test } from 'vitest';
import { chooseReportingInstitution } from '../../../../server/core/order/chooseCenter.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let admin: Client;
const institutions = new Map<string, string>();
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  admin = await hub.as('admin1');
  for (const { code, id } of (await admin.get('/api/institutions')).body.items as {
    code: string;
    id: string;
  }[])
    institutions.set(code, id);
});
afterAll(() => hub.close());

const at = (code: string) => institutions.get(code) ?? '';
const reads = (site: string, items: string[], time: string) =>
  chooseReportingInstitution(hub.ctx.db, 'imaging', at(site), items, new Date(`2026-12-01T${time}:00+08:00`));

test('a second centre reads what the rules of the administrator send to it: by site, item and hours over midnight', async () => {
  const center = await admin.post('/api/centers', { kind: 'imaging', institutionId: at('QHZY') });
  expect(center.status).toBe(201);
  const centerId = center.body.id as string;
  expect(await reads('LIUHE', ['CT-HEAD'], '20:00')).toBe(at('QHRM'));

  const night = { centerId, requestingInstitutionId: at('LIUHE'), fromTime: '17:30', toTime: '08:00' };
  const made = await admin.post('/api/routing-rules', night);
  expect(made.status).toBe(201);
  expect(await reads('LIUHE', ['CT-HEAD'], '20:00')).toBe(at('QHZY'));
  expect(await reads('LIUHE', ['CT-HEAD'], '07:59')).toBe(at('QHZY'));
  expect(await reads('LIUHE', ['CT-HEAD'], '08:00')).toBe(at('QHRM'));
  expect(await reads('BAITA', ['CT-HEAD'], '20:00')).toBe(at('QHRM'));

  expect((await admin.post('/api/routing-rules', { centerId, itemCode: 'US-ABDOMEN' })).status).toBe(201);
  expect(await reads('BAITA', ['US-ABDOMEN'], '12:00')).toBe(at('QHZY'));
  const doctor = await hub.as('doctor1');
  const order = await doctor.post('/api/orders', {
    center: 'imaging',
    items: [{ code: 'US-ABDOMEN' }],
    priority: 'routine',
    patient: {
      name: '试分派',
      sex: 'M',
      birthDate: '1980-01-01',
      identifiers: [{ type: 'mrn', value: 'R1' }],
    },
    remoteConsent: { by: 'patient', at: '2026-12-01T01:00:00Z' },
  });
  expect(order.status).toBe(201);
  const { reportingInstitutionId } = await hub.ctx.db
    .selectFrom('orders')
    .select('reportingInstitutionId')
    .where('id', '=', order.body.id)
    .executeTakeFirstOrThrow();
  expect(reportingInstitutionId).toBe(at('QHZY'));

  const listed = (await admin.get('/api/routing-rules')).body.items as object[];
  expect(listed).toMatchObject([
    { fromTime: '17:30', toTime: '08:00', itemCode: null, centerKind: 'imaging', active: true },
    { fromTime: null, itemCode: 'US-ABDOMEN', requestingName: null },
  ]);
  const off = await admin.put(`/api/routing-rules/${made.body.id}`, { ...night, active: false });
  expect(off.status).toBe(200);
  expect(await reads('LIUHE', ['CT-HEAD'], '20:00')).toBe(at('QHRM'));
});

test('what a rule may not say is refused by its field, the same rule twice, and who does not administer', async () => {
  const { id: centerId } = (
    (await admin.get('/api/centers')).body.items as { id: string; kind: string }[]
  ).find((each) => each.kind === 'ecg')!;
  const refused = async (rule: object) => {
    const answer = await admin.post('/api/routing-rules', { centerId, ...rule });
    return [answer.status, answer.body.errors?.[0]?.code ?? answer.body.type];
  };
  expect(await refused({ fromTime: '17:30' })).toEqual([422, 'half-span']);
  expect(await refused({ fromTime: '17:30', toTime: '17:30' })).toEqual([422, 'empty-span']);
  expect((await refused({ fromTime: '25:00', toTime: '08:00' }))[0]).toBe(422);
  expect(await refused({ centerId: at('LIUHE') })).toEqual([422, 'unknown-center']);
  expect((await admin.post('/api/routing-rules', { centerId })).status).toBe(201);
  expect(await refused({})).toEqual([409, 'exists']);
  const head = await hub.as('head1');
  expect((await head.get('/api/routing-rules')).status).toBe(200);
  expect((await head.post('/api/routing-rules', { centerId })).status).toBe(403);
  expect((await (await hub.as('doctor1')).get('/api/routing-rules')).status).toBe(403);
});
