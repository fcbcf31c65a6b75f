import { describe, expect, test } from 'vitest';
import type { Actor } from '../../../../server/core/access/actor.ts';
import { claimOrder } from '../../../../server/core/order/acts.ts';
import type { Order } from '../../../../server/core/order/order.ts';
import { acknowledgeReport } from '../../../../server/core/report/acknowledgeReport.ts';
import { amendReport } from '../../../../server/core/report/amendReport.ts';
import { lastSigned, listVersions, twoPersonRule } from '../../../../server/core/report/readReport.ts';
import { requireLicence } from '../../../../server/core/report/requireLicence.ts';
import { saveReport } from '../../../../server/core/report/saveReport.ts';
import { signReport } from '../../../../server/core/report/signReport.ts';
import { reopenVoided, splitInput, type Splitter } from '../../../../server/core/report/splitInput.ts';
import { rejectReport, submitReport } from '../../../../server/core/report/submitReport.ts';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import {
  as,
  ctx,
  doctor,
  head,
  openReaders,
  reader,
  second,
  orderRow,
  place,
  refusal,
  refused,
} from '../county.ts';
import { content, pin, received, signed, submitted, view, written } from './stages.ts';

openReaders();

describe('an act on a report at the wrong time', () => {
  const save = (id: string) => saveReport(ctx, reader, id, 0, content);
  const acts = {
    save,
    submit: (id: string) => submitReport(ctx, reader, id),
    reject: (id: string) => rejectReport(ctx, second, id, '部位不符'),
    sign: (id: string) => signReport(ctx, second, id, { pin }),
    addendum: (id: string) =>
      amendReport(ctx, second, id, { kind: 'addendum', reason: '补', text: '补充', pin }),
    void: (id: string) => amendReport(ctx, second, id, { kind: 'void', reason: '误', pin }),
    acknowledge: (id: string) => acknowledgeReport(ctx, doctor, id, {}),
  };
  test.each([
    ['before it is received', async () => (await place()).id, {
      save: '409 wrong-status', submit: '422 report-problems', reject: '409 wrong-status', sign: '409 not-submitted',
      addendum: '409 not-final', void: '409 not-final', acknowledge: '409 not-final',
    }],
    ['while it is written', () => written(), {
      save: '412 stale', reject: '409 wrong-status', sign: '409 not-submitted',
      addendum: '409 not-final', void: '409 not-final', acknowledge: '409 not-final',
    }],
    ['while it waits for the verifier', () => submitted(), {
      save: '412 stale', submit: '409 wrong-status', addendum: '409 not-final', void: '409 not-final', acknowledge: '409 not-final',
    }],
    ['when it is final', () => signed(), {
      save: '412 stale', submit: '409 claimed-by-other', reject: '409 wrong-status', sign: '409 already-signed',
    }],
  ] as [string, () => Promise<string>, Partial<Record<keyof typeof acts, string>>][])('%s is refused', async (_when, make, wanted) => {
    const id = await make();
    const before = await orderRow(id);
    const outcome: Record<string, string> = {};
    for (const name of Object.keys(wanted) as (keyof typeof acts)[]) outcome[name] = await refused(acts[name](id));
    expect(outcome).toEqual(wanted);
    expect(await orderRow(id)).toEqual(before);
  }); // prettier-ignore

  test('an empty report is neither submitted nor signed, and says so', async () => {
    const id = await received();
    await saveReport(ctx, reader, id, 0, { findings: '  ', impression: '' });
    expect((await refusal(submitReport(ctx, reader, id))).faults).toMatchObject([
      { path: 'content', code: 'empty-impression' },
    ]);
  });
});

describe('a draft', () => {
  test('is saved by who claimed it; saving an unclaimed case claims it', async () => {
    const id = await received();
    await saveReport(ctx, reader, id, 0, content);
    expect(await orderRow(id)).toMatchObject({ status: 'claimed', claimedBy: reader.id });
    expect(await refused(saveReport(ctx, second, id, 1, content))).toBe('409 claimed-by-other');
    expect(await refused(submitReport(ctx, second, id))).toBe('409 claimed-by-other');
  });

  test('saved five times at once from one version is saved once; the others hear by whom', async () => {
    const id = await written();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, (_, n) =>
        saveReport(ctx, reader, id, 1, { ...content, findings: `第 ${n} 稿` }),
      ),
    );
    const lost = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    expect(lost).toHaveLength(4);
    for (const error of lost)
      expect(error).toMatchObject({ status: 412, type: 'stale', extra: { editor: '陈思远', version: 2 } });
    const { saved } = await listVersions(ctx.db, await orderRow(id));
    expect(saved.map(({ version }) => version)).toEqual([2, 1]);
  });

  test('that is submitted is changed by a verifier only, and the writer sees what he changed', async () => {
    const id = await submitted();
    expect(await refused(saveReport(ctx, reader, id, 1, content))).toBe('409 submitted');
    await saveReport(ctx, second, id, 1, { ...content, impression: '右肺结节' });
    expect(await view(reader, id)).toMatchObject({
      version: 2,
      content: { impression: '右肺结节' },
      submittedContent: { impression: '未见异常' },
    });
    expect(await refused(signReport(ctx, second, id, { pin, version: 1 }))).toBe('412 stale');
  });

  test('that is rejected goes back to its writer, and is submitted anew', async () => {
    const id = await submitted();
    await rejectReport(ctx, second, id, '缺少描述');
    expect(await orderRow(id)).toMatchObject({ status: 'claimed', claimedBy: reader.id });
    expect(await view(reader, id)).toMatchObject({ state: 'rejected', rejectReason: '缺少描述' });
    expect((await view(doctor, id)).rejectReason, 'an inner matter of the centre').toBeNull();
    await submitReport(ctx, reader, id);
    expect(await view(reader, id)).toMatchObject({ state: 'preliminary', rejectReason: null });
  });

  test.each([
    ['doctor1', '403 forbidden'],
    ['registrar1', '403 forbidden'],
    ['qa1', '403 forbidden'],
    ['cardiologist2', '404 not-found'],
    ['doctor2', '404 not-found'],
  ])('of %s: %s', async (username, outcome) => {
    const id = await submitted();
    const other = await as(username);
    expect(await refused(saveReport(ctx, other, id, 1, content))).toBe(outcome);
    expect(await refused(rejectReport(ctx, other, id, 'x'))).toBe(outcome);
  });
});

describe('what a site sees of a report', () => {
  test('is nothing before it is signed, unless the centre shows preliminary ones; quality staff see the draft', async () => {
    const show = (preliminaryVisible: boolean) =>
      ctx.db.updateTable('center').set({ preliminaryVisible }).where('kind', '=', 'imaging').execute();
    await show(false);
    const id = await written();
    const empty = { state: 'draft', content: {}, author: null };
    expect(await view(doctor, id)).toMatchObject(empty);
    await submitReport(ctx, reader, id);
    expect(await view(doctor, id)).toMatchObject(empty);
    expect(await view(await as('qa1'), id)).toMatchObject({ content });
    await show(true);
    expect(await view(doctor, id)).toMatchObject({ state: 'preliminary', content });
    await rejectReport(ctx, second, id, '重写');
    expect(await view(doctor, id), 'a rejected one is none').toMatchObject(empty);
    await show(false);
  });

  test('is the signed version through addendum and correction, and void is said', async () => {
    const id = await signed();
    expect(await view(doctor, id)).toMatchObject({ state: 'final', content });
    await amendReport(ctx, second, id, { kind: 'addendum', reason: '补充', text: '建议复查', pin });
    expect((await view(doctor, id)).content.addenda).toMatchObject([{ by: second.name, text: '建议复查' }]);
    await acknowledgeReport(ctx, doctor, id, {});
    await amendReport(ctx, second, id, {
      kind: 'correction',
      reason: '更正',
      content: { impression: '右肺结节', positive: true },
      pin,
    });
    expect(await view(doctor, id)).toMatchObject({
      state: 'final',
      content: { findings: content.findings, impression: '右肺结节' },
    });
    expect(await orderRow(id)).toMatchObject({ status: 'corrected', positive: true });
    for (const kind of ['addendum', 'correction', 'void'] as const)
      expect(
        await refused(amendReport(ctx, reader, id, { kind, reason: 'x', text: 'x', pin })),
        'where two people make a report, a verifier amends it',
      ).toBe('403 forbidden');
    await amendReport(ctx, second, id, { kind: 'void', reason: '他人影像', pin });
    expect((await view(doctor, id)).state).toBe('void');
    expect((await orderRow(id)).status).toBe('void');
    const { items } = await listVersions(ctx.db, await orderRow(id));
    expect(items.map(({ number, kind, state }) => [number, kind, state])).toEqual([
      [1, 'final', 'void'],
      [2, 'addendum', 'void'],
      [3, 'correction', 'void'],
      [4, 'void', 'valid'],
    ]);
    for (const kind of ['addendum', 'correction', 'void'] as const)
      expect(await refused(amendReport(ctx, second, id, { kind, reason: 'x', text: 'x', pin }))).toMatch(
        /^409 /,
      );
  });
});

describe('an acknowledgement', () => {
  test('is of the site that asked; twice is once, and the word that the patient knows may follow', async () => {
    const id = await signed();
    expect(await refused(acknowledgeReport(ctx, reader, id, {}))).toBe('403 forbidden');
    expect(await refused(acknowledgeReport(ctx, await as('doctor2'), id, {}))).toBe('404 not-found');
    await Promise.all([acknowledgeReport(ctx, doctor, id, {}), acknowledgeReport(ctx, doctor, id, {})]);
    await acknowledgeReport(ctx, doctor, id, { patientInformed: { who: '本人', how: '电话' } });
    const rows = await ctx.db
      .selectFrom('acknowledgement')
      .select('patientInformed')
      .where('orderId', '=', id)
      .execute();
    expect(rows).toEqual([{ patientInformed: { who: '本人', how: '电话' } }]);
    await acknowledgeReport(ctx, doctor, id, {});
    const kinds = await ctx.db
      .selectFrom('orderEvent')
      .select('kind')
      .where('orderId', '=', id)
      .where('kind', 'in', ['acknowledged', 'patient-informed'])
      .orderBy('seq')
      .execute();
    expect(kinds.map(({ kind }) => kind)).toEqual(['acknowledged', 'patient-informed']);
  });
});

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

describe('input that is taken off an order', () => {
  const joined: string[] = [];
  const splitter: Splitter = {
    action: 'input.split',
    requireJoined: () => Promise.resolve(),
    split: (trx, order, target) => {
      joined.push(target?.id ?? 'queue');
      return reopenVoided(ctx, trx, head, order, { reason: '他人影像', detail: {} });
    },
  };
  const split = (actor: Actor, id: string, more: object = {}) =>
    splitInput(ctx, actor, id, { reason: '他人影像', ...more }, splitter);

  test('goes to another open order of the same centre', async () => {
    const id = await received();
    const [other, trace, cancelled] = [
      await received(),
      (await place({ center: 'ecg', items: [{ code: 'ECG-12' }] })).id,
      (await place()).id,
    ];
    await ctx.db.updateTable('orders').set({ status: 'cancelled' }).where('id', '=', cancelled).execute();
    expect(await refused(split(head, id, { toOrderId: id }))).toBe('422 split-target');
    expect(await refused(split(head, id, { toOrderId: trace }))).toBe('422 split-target');
    expect(await refused(split(head, id, { toOrderId: cancelled }))).toBe('409 wrong-status');
    expect(await refused(split(reader, id))).toBe('403 forbidden');
    expect(joined).toEqual([]);
    await split(head, id, { toOrderId: other });
    expect(joined.splice(0)).toEqual([other]);
  });

  test('of a signed one voids the report first, with the PIN of a verifier, and opens the order again', async () => {
    const id = await signed();
    expect(await refused(split(head, id))).toBe('409 pin-required');
    expect(await refused(split(await as('registrar1'), id, { pin }))).toBe('403 split-signed');
    expect(await refused(split(reader, id, { pin }))).toBe('403 forbidden');
    expect(
      await refused(split(second, id, { pin, toOrderId: await received() })),
      'he voids, he does not join',
    ).toBe('403 forbidden');
    expect(joined).toEqual([]);
    expect(await split(second, id, { pin })).toMatchObject({
      status: 'received',
      claimedBy: null,
      finalAt: null,
    });
    expect(await view(doctor, id)).toMatchObject({ state: 'void' });
    expect(await claimOrder(ctx, reader, id)).toMatchObject({ status: 'claimed' });
  });

  test('of one whose signed report stands is refused inside the lock too', async () => {
    const id = await signed();
    const order = await orderRow(id);
    const work = ctx.db
      .transaction()
      .execute((trx) => reopenVoided(ctx, trx, head, order, { reason: 'x', detail: {} }));
    expect(await refusal(work)).toMatchObject({
      status: 409,
      type: 'report-stands',
      extra: { status: 'final' },
    });
  });
});
