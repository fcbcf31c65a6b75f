import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHub, type TestHub } from '../../helpers/hub.ts';
import { hideContent } from '../../../integrations/hl7/browser/hideContent.ts';
import { code, orm, Peer } from './helpers.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web,hl7' } });
});
afterAll(() => hub.close());

test('the system administrator sees how a message is built and coded, and nothing of the patient', async () => {
  const peer = await Peer.connect(hub.roles.addresses.mllp ?? 0);
  const answer = await peer.ask(orm({ placer: 'HIDE-1', control: 'HIDE1', items: ['ECG-12'] }));
  peer.close();
  expect(code(answer)).toBe('AA');
  const registrar = await hub.as('registrar1');
  const admin = await hub.as('admin1');
  const found = await registrar.get('/api/hl7/messages?q=HIDE1');
  expect(found.status, JSON.stringify(found.body)).toBe(200);
  const [row] = found.body.items;
  const whole = (await registrar.get(`/api/hl7/messages/${row.id}`)).body;
  const name = '王珅';
  expect(whole.raw).toContain(name);
  const hidden = (await admin.get(`/api/hl7/messages/${row.id}`)).body;
  expect(hidden.hidden).toBe(true);
  expect(JSON.stringify(hidden)).not.toContain(name);
  expect(hidden.raw).toContain('ORC|NW|HIDE-1|');
  expect(hidden.raw).toContain('|ECG-12^');
  expect(hidden.raw.split('\n')).toHaveLength(whole.raw.split('\n').length);
  // Its segments are separated by blanks: all of it looks like one header.
  const one =
    'MSH|^~\\&|A|B|||20260101||ADT^A01|9|P|2.3||| EVN|A01| PID|1||10^^^1^MR||DUCK^DONALD||19241010|M|||||||||NO';
  const swollen = hideContent({
    ...whole,
    raw: one,
    decoded: {
      ...whole.decoded,
      segments: [{ id: 'MSH', fields: one.split('|').map((value, n) => ({ n: n + 1, value })) }],
    },
  });
  expect(swollen.raw).toContain('|ADT^A01|9|P|2.3');
  expect(JSON.stringify(swollen)).not.toContain('DONALD');
  const [known, stranger] = await Promise.all(
    [registrar, admin].map((client) => client.get(`/api/hl7/messages?q=${encodeURIComponent(name)}`)),
  );
  expect([known!.body.items.length, stranger!.body.items.length]).toEqual([1, 0]);
});
