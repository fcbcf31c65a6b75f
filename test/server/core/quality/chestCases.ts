import { expect } from 'vitest';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import type { TestHub } from '../../../helpers/hub.ts';

/** Chest films of 柳河镇卫生院, each of another patient. */
export interface ChestCases {
  /** Ordered and accepted. */
  ordered(): Promise<{ id: string; card: string }>;
  /** Written and signed by two radiologists. */
  signed(positive?: boolean): Promise<{ id: string; card: string }>;
  /** An ordered one is written and signed. */
  sign(orderId: string, positive?: boolean): Promise<void>;
  /** The id of an institution by its code. */
  site(code?: string): Promise<string>;
}

export async function chestCases(hub: TestHub): Promise<ChestCases> {
  const [doctor, reader, verifier] = await Promise.all([
    hub.as('doctor1'),
    hub.as('radiologist1'),
    hub.as('radiologist2'),
  ]);
  let serial = 100;
  async function ordered(): Promise<{ id: string; card: string }> {
    serial += 2;
    const card = completeIdCard(`32062119720518${serial}`);
    const made = await doctor.post('/api/orders', {
      center: 'imaging',
      items: [{ code: 'DR-CHEST' }],
      priority: 'routine',
      patient: {
        name: '督办',
        sex: 'F',
        birthDate: '1972-05-18',
        identifiers: [{ type: 'id-card', value: card }],
      },
      remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
    });
    await reader.post(`/api/orders/${made.body.id}/accept`);
    return { id: made.body.id, card };
  }
  async function sign(id: string, positive = false): Promise<void> {
    await reader.post(`/api/orders/${id}/claim`);
    await reader.put(
      `/api/orders/${id}/report`,
      { findings: '双肺清晰', impression: '未见异常', positive },
      { 'If-Match': '"0"' },
    );
    await reader.post(`/api/orders/${id}/report/submit`);
    const { status } = await verifier.post(`/api/orders/${id}/report/sign`, { pin: '246810' });
    expect(status).toBe(200);
  }
  async function signed(positive = false): Promise<{ id: string; card: string }> {
    const order = await ordered();
    await sign(order.id, positive);
    return order;
  }
  const site = async (code = 'LIUHE') =>
    (
      await hub.ctx.db
        .selectFrom('institution')
        .select('id')
        .where('code', '=', code)
        .executeTakeFirstOrThrow()
    ).id;
  return { ordered, signed, sign, site };
}
