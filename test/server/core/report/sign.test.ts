import { describe, expect, test } from 'vitest';
import type { Order } from '../../../../server/core/order/order.ts';
import { amendReport } from '../../../../server/core/report/amendReport.ts';
import { lastSigned, twoPersonRule } from '../../../../server/core/report/readReport.ts';
import { requireLicence } from '../../../../server/core/report/requireLicence.ts';
import { signReport } from '../../../../server/core/report/signReport.ts';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import { ctx, doctor, head, openReaders, reader, second, orderRow, refused } from '../county.ts';
import { pin, received, submitted, written } from './stages.ts';

openReaders();

describe('a signature', () => {
  test('from a phone goes where the centre allows it only, whatever the page says', async () => {
    const id = await submitted();
    const mobile = { ...second, userAgent: 'Mozilla/5.0 (iPhone) Mobile' };
    expect(await refused(signReport(ctx, mobile, id, { pin }))).toBe('403 phone-signing-off');
    expect(await refused(signReport(ctx, second, id, { pin, from: 'phone' }))).toBe('403 phone-signing-off');
    expect((await signReport(ctx, second, id, { pin })).status).toBe('final');
  });

  test('with a wrong PIN or of who has none leaves the report as it was', async () => {
    const id = await submitted();
    expect(await refused(signReport(ctx, second, id, { pin: '000000' }))).toBe('403 wrong-pin');
    expect(await refused(signReport(ctx, doctor, id, { pin }))).toBe('409 not-enrolled');
    expect(await lastSigned(ctx.db, id)).toBeUndefined();
    expect((await orderRow(id)).status).toBe('preliminary');
  });

  test.each([
    [-1, [], 'CT', '403 licence-expired'],
    [0, [], 'CT', 'signs'],
    [null, ['imaging'], 'CT', 'signs'],
    [null, ['imaging:CT'], 'CT', 'signs'],
    [null, ['imaging:US', 'ecg'], 'CT', '403 licence-scope'],
    [null, ['ecg'], null, '403 licence-scope'],
    [null, ['imaging:US'], null, '403 licence-scope'],
    [-1, ['ecg'], 'CT', '403 licence-expired'],
  ] as [number | null, string[], string | null, string][])(
    'under a licence of %s days more for %j on %s: %s',
    async (days, licenceScope, modality, outcome) => {
      const licenceUntil =
        days === null ? null : localDate(new Date(ctx.clock.now().getTime() + days * 86_400_000));
      const work = ctx.db.transaction().execute(async (trx) => {
        await trx
          .updateTable('staff')
          .set({ licenceUntil, licenceScope })
          .where('id', '=', second.id)
          .execute();
        await requireLicence(ctx, trx, second, { centerKind: 'imaging', modality });
        throw new Error('signs'); // rolled back: the others sign under the licence they have
      });
      if (outcome === 'signs') await expect(work).rejects.toThrow('signs');
      else expect(await refused(work)).toBe(outcome);
    },
  );

  test('needs two people by the rule of the centre for the priority, and by itself where there is no centre', async () => {
    const order = await orderRow(await received());
    const rule = (more: Partial<Order>) => twoPersonRule(ctx.db, { ...order, ...more });
    await ctx.db
      .updateTable('center')
      .set({ twoPerson: false, twoPersonEmergency: true })
      .where('kind', '=', 'ecg')
      .execute();
    expect([
      await rule({ centerKind: 'ecg', priority: 'routine' }),
      await rule({ centerKind: 'ecg', priority: 'urgent' }),
      await rule({ centerKind: 'ecg', priority: 'emergency' }),
    ]).toEqual([false, false, true]);
    const nowhere = order.requestingInstitutionId;
    expect([
      await rule({ reportingInstitutionId: nowhere }),
      await rule({ reportingInstitutionId: nowhere, priority: 'emergency' }),
    ]).toEqual([true, true]);
  });

  test('where one person is enough is his who claimed the case, as what he adds to it is', async () => {
    const rules = (twoPerson: boolean) =>
      ctx.db.updateTable('center').set({ twoPerson }).where('kind', '=', 'imaging').execute();
    await rules(false);
    const id = await written();
    expect(await refused(signReport(ctx, head, id, { pin }))).toBe('409 claimed-by-other');
    expect(await signReport(ctx, reader, id, { pin })).toMatchObject({
      status: 'final',
      claimedBy: reader.id,
    });
    expect(await lastSigned(ctx.db, id)).toMatchObject({ reporterId: reader.id, signerId: reader.id });
    await amendReport(ctx, reader, id, { kind: 'addendum', reason: '补充', text: '建议复查', pin });
    expect(await lastSigned(ctx.db, id)).toMatchObject({ kind: 'addendum', signerId: reader.id });
    const handedOver = await submitted();
    expect((await signReport(ctx, second, handedOver, { pin })).status).toBe('final');
    await rules(true);
  });
});
