import { afterAll, beforeAll, expect, test } from 'vitest';
import { actorOfStaff } from '../../../../server/core/access/actorOfStaff.ts';
import { createRequest } from '../../../../server/core/order/createRequest.ts';
import { recordEvent } from '../../../../server/core/order/recordEvent.ts';
import { recordExamination } from '../../../../server/core/order/recordExamination.ts';
import { requestInput } from '../../../../server/core/order/requestInput.ts';
import { examinedText, loadDocumentFacts } from '../../../../server/core/report/documentFacts.ts';
import { localDateTime } from '../../../../server/core/localTime.ts';
import { createContext, type TestContext } from '../../../helpers/hub.ts';

let context: TestContext;
beforeAll(async () => {
  context = await createContext({ county: true });
});
afterAll(() => context.close());

/** What a report prints as the time of an examination that began at this moment of the device's clock. */
async function printed(number: string, deviceAt: Date | null, clockOffsetMs?: number): Promise<string> {
  const { ctx } = context;
  const doctor = await actorOfStaff(ctx.db, 'doctor1');
  const { orders } = await createRequest(
    ctx,
    doctor,
    requestInput.parse({
      center: 'imaging',
      items: [{ code: 'DR-HAND' }],
      priority: 'emergency',
      patient: {
        name: '时间未定',
        sex: 'F',
        birthDate: '1970-01-02',
        identifiers: [{ type: 'mrn', value: number }],
      },
      remoteConsent: { by: '本人', at: ctx.clock.now().toISOString() },
    }),
    { source: 'browser' },
  );
  const order = orders[0]!;
  return ctx.db.transaction().execute(async (trx) => {
    await recordExamination(ctx, trx, doctor, order, { deviceAt, clockOffsetMs, source: 'acquisition' });
    await recordEvent(ctx, trx, doctor, order, { kind: 'acquired' });
    const facts = await loadDocumentFacts(trx, order, {
      reporterId: null,
      signerId: doctor.id ?? '',
      replacesId: null,
    });
    return examinedText(facts);
  });
}

test('the time of an examination is printed as it is known, never the moment its images came', async () => {
  const began = new Date(context.clock.now().getTime() - 20 * 60_000);
  const seven = new Date(began.getTime() + 7 * 60_000);
  expect(await printed('T1', seven, 7 * 60_000)).toBe(localDateTime(began));
  expect(await printed('T2', began)).toBe(`${localDateTime(began)} (设备时间,未校准)`);
  expect(await printed('T3', new Date('2001-01-05T00:00:00Z'), 0)).toBe('无法确定');
  expect(await printed('T4', null)).toBe('无法确定');
});
