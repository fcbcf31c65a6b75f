import { describe, expect, test } from 'vitest';
import { acknowledgeReport } from '../../../../server/core/report/acknowledgeReport.ts';
import { amendReport } from '../../../../server/core/report/amendReport.ts';
import { listVersions } from '../../../../server/core/report/readReport.ts';
import { saveReport } from '../../../../server/core/report/saveReport.ts';
import { signReport } from '../../../../server/core/report/signReport.ts';
import { rejectReport, submitReport } from '../../../../server/core/report/submitReport.ts';
import {
  as,
  ctx,
  doctor,
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
