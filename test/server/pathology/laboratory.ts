import { afterAll, beforeAll } from 'vitest';
import type { Client, TestHub } from '../../helpers/hub.ts';
import { startHub } from '../../helpers/hub.ts';
import { orderCase } from './caseOrder.ts';

export let hub: TestHub;
export let doctor: Client, reader: Client, senior: Client, head: Client, tech: Client;

/** A hub of its own for the tests of one file, and its people. */
export function openLaboratory(): void {
  beforeAll(async () => {
    hub = await startHub();
    [doctor, reader, senior, head, tech] = (await Promise.all(
      ['doctor1', 'pathologist1', 'pathologist2', 'head1', 'tech1'].map((name) => hub.as(name)),
    )) as [Client, Client, Client, Client, Client];
  });
  afterAll(() => hub.close());
}

export const caseOf = async (id: string) => (await reader.get(`/api/pathology/cases/${id}`)).body;
export const receive = (id: string) =>
  reader.post(`/api/pathology/cases/${id}/reception`, { outcome: 'accepted' });

export async function received(input: Parameters<typeof orderCase>[1] = {}) {
  const order = await orderCase(doctor, input);
  const answer = await receive(order.id);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return order;
}

export async function write(id: string, content: object) {
  const saved = await reader.put(`/api/orders/${id}/report`, content, {
    'if-match': (await reader.get(`/api/orders/${id}/report`)).headers.get('etag')!,
  });
  if (saved.status !== 200) throw new Error(JSON.stringify(saved.body));
}

export async function sign(id: string, content: object) {
  await reader.post(`/api/orders/${id}/claim`);
  await write(id, content);
  const submitted = await reader.post(`/api/orders/${id}/report/submit`);
  return submitted.status === 200
    ? senior.post(`/api/orders/${id}/report/sign`, { pin: '246810' })
    : submitted;
}
