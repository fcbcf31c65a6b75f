import type { Client, TestHub } from '../../../helpers/hub.ts';

let people = 0;

/** A chest film of somebody whom nobody knew before, and his hospital number. */
export async function place(doctor: Client, hub: TestHub, patient: Record<string, unknown> = {}) {
  const mrn = `ADM${++people}`;
  const answer = await doctor.post('/api/orders', {
    center: 'imaging',
    items: [{ code: 'DR-CHEST' }],
    priority: 'routine',
    patient: {
      name: '赵钱孙',
      sex: 'M',
      birthDate: '1970-07-08',
      identifiers: [{ type: 'mrn', value: mrn }],
      ...patient,
    },
    remoteConsent: { by: '本人', at: hub.ctx.clock.now().toISOString() },
  });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return { ...(answer.body as { id: string; accessionNumber: string }), mrn };
}
