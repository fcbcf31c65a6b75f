import { describe, expect, test } from 'vitest';
import type { Actor } from '../../../../server/core/access/actor.ts';
import { acknowledgeReport } from '../../../../server/core/report/acknowledgeReport.ts';
import { amendReport } from '../../../../server/core/report/amendReport.ts';
import { signReport } from '../../../../server/core/report/signReport.ts';
import { rejectReport, submitReport } from '../../../../server/core/report/submitReport.ts';
import { saveReport } from '../../../../server/core/report/saveReport.ts';
import {
  as,
  auditOf,
  ctx,
  doctor,
  head,
  openReaders,
  orderRow,
  reader,
  refusal,
  refused,
  second,
} from '../county.ts';
import { content, pin, signed, stateOf, submitted, versionsOf } from './stages.ts';

openReaders();

type Amendment = Parameters<typeof amendReport>[3];
const amend = (actor: Actor, id: string, more: Partial<Amendment> = {}) =>
  amendReport(ctx, actor, id, {
    kind: 'correction',
    reason: '左右写反',
    pin,
    content: { impression: '右肺结节', positive: true },
    ...more,
  });
const look = (signedReportId: string, { id = '' }: { id?: string | null }, act = 'viewed') =>
  ctx.db
    .insertInto('reportView')
    .values({ signedReportId, staffId: id ?? '', act })
    .execute();
const toldAbout = async (orderId: string) => {
  const rows = await ctx.db
    .selectFrom('notification')
    .innerJoin('staff', 'staff.id', 'notification.staffId')
    .select(['username', 'kind', 'body'])
    .where('orderId', '=', orderId)
    .orderBy('notification.createdAt')
    .orderBy('username')
    .execute();
  return rows;
};

describe('whoever looked at a report hears of what replaces it', () => {
  test('once each, whether he viewed, printed or adopted it, and not who signs', async () => {
    const id = await signed();
    const [first] = await versionsOf(id);
    const clinician = await as('clinician1');
    for (const act of ['viewed', 'viewed', 'printed']) await look(first!.id, doctor, act);
    await look(first!.id, clinician, 'adopted');
    await look(first!.id, second);
    await amend(second, id);
    const told = await toldAbout(id);
    expect(told.map(({ username, kind }) => [username, kind])).toEqual([
      ['clinician1', 'report.correction'],
      ['doctor1', 'report.correction'],
    ]);
    const [, correction] = await versionsOf(id);
    const { accessionNumber } = await orderRow(id);
    expect(told[0]?.body).toEqual({ signedReportId: correction?.id, accessionNumber });
  });

  test('also who saw only an earlier version than the one that is replaced', async () => {
    const id = await signed();
    const [first] = await versionsOf(id);
    await look(first!.id, doctor);
    await amend(head, id, { kind: 'addendum', text: '建议复查' });
    await amend(second, id, { kind: 'void', reason: '他人影像' });
    expect((await toldAbout(id)).map(({ username, kind }) => [username, kind])).toEqual([
      ['doctor1', 'report.addendum'],
      ['doctor1', 'report.void'],
    ]);
  });
});

describe('what a signed version says of itself', () => {
  test('its number, what it replaces and why; the writer stays the writer', async () => {
    const id = await signed();
    await amend(head, id, { kind: 'addendum', reason: '补充', text: '建议复查' });
    await amend(head, id);
    await amend(second, id, { kind: 'void', reason: '他人影像' });
    const rows = await versionsOf(id);
    expect(
      rows.map(({ number, kind, reason, reporterId, signerId, reportVersion }) => ({
        number,
        kind,
        reason,
        reporterId,
        signerId,
        reportVersion,
      })),
    ).toEqual([
      { number: 1, kind: 'final', reason: null, reporterId: reader.id, signerId: second.id, reportVersion: 1 },
      { number: 2, kind: 'addendum', reason: '补充', reporterId: reader.id, signerId: head.id, reportVersion: 2 },
      { number: 3, kind: 'correction', reason: '左右写反', reporterId: reader.id, signerId: head.id, reportVersion: 3 },
      { number: 4, kind: 'void', reason: '他人影像', reporterId: reader.id, signerId: second.id, reportVersion: 3 },
    ]); // prettier-ignore
    expect(rows.map(({ replacesId }) => replacesId)).toEqual([null, rows[0]?.id, rows[1]?.id, rows[2]?.id]);
    expect(new Set(rows.map(({ verifyCode }) => verifyCode)).size).toBe(4);
  });

  test('an addendum leaves every word of the report, a correction every word that it does not name', async () => {
    const id = await signed();
    await amend(head, id, { kind: 'addendum', text: '一' });
    await amend(second, id, { kind: 'addendum', text: '二', content: { findings: '偷改' } });
    await amend(second, id, { content: { impression: '右肺结节' } });
    const [, , added, corrected] = await versionsOf(id);
    const addenda = [
      { by: head.name, text: '一' },
      { by: second.name, text: '二' },
    ];
    expect(added?.content).toMatchObject({ ...content, addenda });
    expect(corrected?.content).toMatchObject({ ...content, impression: '右肺结节', addenda });
  });

  test.each([
    [true, false],
    [false, true],
  ])('a correction from positive %s to %s counts as corrected', async (before, after) => {
    const id = await signed();
    await amend(second, id, { content: { positive: before } });
    expect((await orderRow(id)).positive).toBe(before);
    await amend(second, id, { content: { positive: after } });
    expect((await orderRow(id)).positive).toBe(after);
  });

  test('an addendum asks for a fresh acknowledgement: the order is final again', async () => {
    const id = await signed();
    await acknowledgeReport(ctx, doctor, id, {});
    await amend(head, id, { kind: 'addendum', text: '建议复查' });
    expect((await orderRow(id)).status).toBe('final');
    await acknowledgeReport(ctx, doctor, id, {});
    const rows = await ctx.db
      .selectFrom('acknowledgement')
      .innerJoin('signedReport', 'signedReport.id', 'acknowledgement.signedReportId')
      .select('number')
      .where('acknowledgement.orderId', '=', id)
      .orderBy('number')
      .execute();
    expect(rows.map(({ number }) => number)).toEqual([1, 2]);
  });
});

describe('an amendment that is refused changes nothing', () => {
  const expired = (work: () => Promise<unknown>) => async () => {
    const licence = (licenceUntil: string | null) =>
      ctx.db.updateTable('staff').set({ licenceUntil }).where('id', '=', second.id).execute();
    await licence('2026-01-01');
    try {
      return await work();
    } finally {
      await licence(null);
    }
  };
  test.each([
    ['with a wrong PIN', '403 wrong-pin', (id: string) => amend(second, id, { pin: '000000' })],
    ['that empties the report', '422 report-problems', (id: string) => amend(second, id, { content: { impression: ' ' } })],
    ['by the site', '403 forbidden', async (id: string) => {
      // who reads has a key as well: it is his rights that are lacking
      const strange = await as('cardiologist1');
      return amend({ ...strange, roles: doctor.roles }, id);
    }],
    ['by a reader of another centre', '404 not-found', async (id: string) => amend(await as('cardiologist1'), id)],
    ['voiding by who may not verify', '403 forbidden', (id: string) => amend(reader, id, { kind: 'void' })],
    ['adding by who may not verify', '403 forbidden', (id: string) => amend(reader, id, { kind: 'addendum', text: '补' })],
    ['correcting by who may not verify', '403 forbidden', (id: string) => amend(reader, id)],
    ['from a phone where that is closed', '403 phone-signing-off', (id: string) => amend(second, id, { from: 'phone' })],
    ['under an expired licence', '403 licence-expired', (id: string) => expired(() => amend(second, id))()],
  ] as [string, string, (id: string) => Promise<unknown>][])('%s: %s', async (_how, outcome, work) => {
    const id = await signed();
    const before = await stateOf(id);
    expect(await refused(work(id))).toBe(outcome);
    expect(await stateOf(id)).toEqual(before);
    expect(await toldAbout(id)).toEqual([]);
  }); // prettier-ignore

  test('whatever the content: a void asks for none and saves none', async () => {
    const id = await signed();
    const before = await stateOf(id);
    await amend(second, id, { kind: 'void', content: { impression: '' } });
    const [, last] = await versionsOf(id);
    expect(last?.content).toEqual(content);
    expect((await stateOf(id)).saved).toBe(before.saved);
    expect(await stateOf(id)).toMatchObject({ order: { status: 'void' }, draft: [{ state: 'void' }] });
  });
});

describe('two at once', () => {
  test('two corrections are two versions, one behind the other, and one is valid', async () => {
    const id = await signed();
    await Promise.all([
      amend(second, id, { content: { impression: '甲' } }),
      amend(head, id, { content: { impression: '乙' } }),
    ]);
    const rows = await versionsOf(id);
    expect(rows.map(({ number, state }) => [number, state])).toEqual([
      [1, 'corrected'],
      [2, 'corrected'],
      [3, 'valid'],
    ]);
    expect(rows[2]?.replacesId).toBe(rows[1]?.id);
  });

  test('a void and a correction: whoever came second is told, and no version stands beside a void one', async () => {
    const id = await signed();
    const outcomes = await Promise.allSettled([amend(second, id, { kind: 'void' }), amend(head, id)]);
    const rows = await versionsOf(id);
    expect(rows.at(-1)?.kind).toBe('void');
    expect((await orderRow(id)).status).toBe('void');
    expect(rows.slice(0, -1).every(({ state }) => state === 'void')).toBe(true);
    const corrected = outcomes[1].status === 'fulfilled';
    expect(rows).toHaveLength(corrected ? 3 : 2);
  });

  test('a correction while the site confirms: what is acknowledged is what was read', async () => {
    const id = await signed();
    await Promise.all([amend(second, id), acknowledgeReport(ctx, doctor, id, {})]);
    const { status } = await orderRow(id);
    const last = (await versionsOf(id)).at(-1);
    const read = await ctx.db
      .selectFrom('acknowledgement')
      .select('signedReportId')
      .where('orderId', '=', id)
      .execute();
    expect(read).toHaveLength(1);
    expect(status).toBe(read[0]?.signedReportId === last?.id ? 'acknowledged' : 'corrected');
  });

  test('a signature and a rejection: one of them happened', async () => {
    const id = await submitted();
    const outcomes = await Promise.allSettled([
      signReport(ctx, second, id, { pin }),
      rejectReport(ctx, head, id, '描述不全'),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const isSigned = outcomes[0].status === 'fulfilled';
    expect(await stateOf(id)).toMatchObject({
      order: { status: isSigned ? 'final' : 'claimed' },
      draft: [{ state: isSigned ? 'final' : 'rejected' }],
      signed: isSigned ? 1 : 0,
    });
  });

  test('a save and a submission of the version before: the verifier never signs what the writer did not see', async () => {
    const id = await submitted();
    await rejectReport(ctx, second, id, '重写');
    const outcomes = await Promise.allSettled([
      saveReport(ctx, reader, id, 1, { ...content, impression: '右肺结节' }),
      submitReport(ctx, reader, id, 1),
    ]);
    const [saved, handedIn] = outcomes.map(({ status }) => status === 'fulfilled');
    expect(saved && handedIn, 'each asked for version 1').toBe(false);
    const [draft] = (await stateOf(id)).draft;
    expect([draft?.version, draft?.state]).toEqual(handedIn ? [1, 'preliminary'] : [2, 'rejected']);
  });
});

test('every amendment is on record with its number, what was signed and what was given with the PIN', async () => {
  const id = await signed();
  await amend({ ...second, userAgent: 'Test' }, id, {
    shown: { quality: 'full', series: [] },
  });
  const [, correction] = await versionsOf(id);
  const acts = await auditOf(id);
  expect(acts.filter(({ action }) => action === 'report.correction')).toMatchObject([
    { outcome: 'done', actorName: second.name, detail: { from: 'final', to: 'corrected' } },
  ]);
  expect(acts.filter(({ action }) => action === 'report.signature').at(-1)?.detail).toMatchObject({
    signedReportId: correction?.id,
    kind: 'correction',
    number: 2,
    pdfSha256: correction?.pdfSha256,
    asToldByBrowser: { userAgent: 'Test', phone: false, shown: { quality: 'full', series: [] } },
  });
  const again = await refusal(signReport(ctx, head, id, { pin }));
  expect(again).toMatchObject({
    type: 'already-signed',
    extra: { signedBy: second.name, status: 'corrected' },
  });
});
