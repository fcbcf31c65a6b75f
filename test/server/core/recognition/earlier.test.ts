import { beforeAll, describe, expect, test } from 'vitest';
import { machineActor, type Actor } from '../../../../server/core/access/actor.ts';
import type { Order } from '../../../../server/core/order/order.ts';
import { decidePrompts } from '../../../../server/core/recognition/decidePrompts.ts';
import { findEarlierResults } from '../../../../server/core/recognition/findEarlierResults.ts';
import {
  readPastPrompts,
  readPrompts,
  readRecognition,
} from '../../../../server/core/recognition/figures.ts';
import { readDecisions, readOpenPrompts } from '../../../../server/core/recognition/readOpenPrompts.ts';
import { amendReport } from '../../../../server/core/report/amendReport.ts';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { as, auditOf, ctx, doctor, institution, openReaders, orderRow, place, refusal, refused, second } from '../county.ts'; // prettier-ignore
import { PIN, signedCase } from '../signedCase.ts';

openReaders();

let serial = 200;
const person = (name: string) => ({
  name,
  sex: 'F',
  birthDate: '1972-05-18',
  identifiers: [{ type: 'id-card', value: completeIdCard(`32062119720518${(serial += 2)}`) }],
});
const earlier = (patientId: string | null, codes = ['DR-CHEST'], days = 0) =>
  findEarlierResults(
    ctx,
    ctx.db,
    patientId ?? '',
    codes,
    new Date(ctx.clock.now().getTime() + days * 86_400_000),
  );
const amend = (id: string, kind: 'correction' | 'void') =>
  amendReport(ctx, second, id, {
    kind,
    reason: '复核',
    pin: PIN,
    ...(kind === 'correction' && { content: { findings: '右肺斑片', impression: '肺炎', positive: true, critical: false } }),
  }); // prettier-ignore

describe('an earlier result', () => {
  let film: Order;
  let patient: ReturnType<typeof person>;
  beforeAll(async () => {
    patient = person('早甲');
    film = await signedCase({ patient });
  });

  test('is found by patient and item, with label, days that are left and price', async () => {
    expect(await earlier(film.patientId)).toMatchObject([
      {
        itemCode: 'DR-CHEST',
        orderId: film.id,
        accessionNumber: film.accessionNumber,
        label: '县HR',
        complete: true,
        recognized: true,
        remainingDays: 14,
        price: 75,
        impression: '心肺未见异常',
        sourceItemName: null,
        values: [],
      },
    ]);
    expect(await earlier(film.patientId, ['CT-HEAD'])).toEqual([]);
    expect(await earlier(film.patientId, [])).toEqual([]);
    expect(await earlier('00000000-0000-4000-8000-000000000000')).toEqual([]);
  });

  test('is valid to the last hour of its days', async () => {
    expect((await earlier(film.patientId, ['DR-CHEST'], 13.9))[0]?.remainingDays).toBe(1);
    expect(await earlier(film.patientId, ['DR-CHEST'], 14.01)).toEqual([]);
  });

  test('of a record that a person linked counts, of one that is only proposed or undone it does not', async () => {
    const other = (await place({ patient: person('早乙') })).patientId ?? '';
    const [a, b] = [other, film.patientId ?? ''].sort() as [string, string];
    const { id } = await ctx.db
      .insertInto('patientLink')
      .values({ patientId: a, otherPatientId: b, reason: '同名' })
      .returning('id')
      .executeTakeFirstOrThrow();
    for (const [state, found] of [['proposed', 0], ['linked', 1], ['undone', 0], ['rejected', 0]] as const) {
      await ctx.db.updateTable('patientLink').set({ state }).where('id', '=', id).execute();
      expect(await earlier(other), state).toHaveLength(found);
    } // prettier-ignore
  });

  test('that is sensitive is not put before others, and an item that is excepted is not asked about', async () => {
    const sensitive = (value: boolean) =>
      ctx.db.updateTable('orders').set({ sensitive: value }).where('id', '=', film.id).execute();
    await sensitive(true);
    expect(await earlier(film.patientId)).toEqual([]);
    await sensitive(false);
    const eligible = (value: boolean) =>
      ctx.db
        .updateTable('recognitionItem')
        .set({ eligible: value, exceptionNote: value ? null : 'x' })
        .where('itemCode', '=', 'DR-CHEST')
        .execute();
    await eligible(false);
    expect(await earlier(film.patientId)).toEqual([]);
    await eligible(true);
    expect(await earlier(film.patientId)).toHaveLength(1);
  });

  test('counted from the report lasts from its signature', async () => {
    const from = (countsFrom: 'examination' | 'report') =>
      ctx.db.updateTable('recognitionItem').set({ countsFrom }).where('itemCode', '=', 'DR-CHEST').execute();
    await ctx.db
      .insertInto('orderEvent')
      .values({ orderId: film.id, kind: 'examined', at: new Date(ctx.clock.now().getTime() - 5 * 86_400_000), actorName: 'CT', detail: '{}' })
      .execute(); // prettier-ignore
    expect((await earlier(film.patientId))[0]?.remainingDays).toBe(9);
    await from('report');
    expect((await earlier(film.patientId))[0]?.remainingDays).toBe(14);
    await from('examination');
  });

  test('is the newest of two, in its last version; voided there is the one before no more', async () => {
    await amend(film.id, 'correction');
    const [corrected] = await earlier(film.patientId);
    expect(corrected).toMatchObject({ impression: '肺炎', positive: true });
    await amend(film.id, 'void');
    expect(await earlier(film.patientId)).toEqual([]);
    const again = await signedCase({ patient });
    expect(await earlier(film.patientId)).toMatchObject([{ orderId: again.id }]);
  });
});

describe('a prompt of an emergency', () => {
  const urgent = async (name: string) => {
    const patient = person(name);
    const source = await signedCase({ patient });
    const order = await place({ patient, priority: 'emergency' });
    const [prompt] = await readOpenPrompts(ctx, doctor, order.id);
    if (!prompt) throw new Error('nothing was asked');
    return { source, order, promptId: prompt.promptId, prompt };
  };
  /** One that nobody has decided on, for all who must not. */
  let open: ReturnType<typeof urgent> | undefined;
  const untouched = () => (open ??= urgent('急乙'));
  const decide = (
    orderId: string,
    promptId: string,
    more: object = { decision: 'adopt' },
    actor: Actor = doctor,
  ) => decidePrompts(ctx, actor, orderId, [{ promptId, ...more } as never]);
  const rows = (orderId: string) =>
    ctx.db.selectFrom('recognitionPrompt').selectAll().where('orderId', '=', orderId).execute();
  const repeat = { decision: 'repeat', reason: 'emergency', patientInformed: { by: '郑国华' } };

  test('is due within a day, and stays as it is while nobody decides', async () => {
    const { order, prompt } = await urgent('急甲');
    expect(prompt).toMatchObject({ outdated: false, label: '县HR', remainingDays: 14 });
    const [row] = await rows(order.id);
    expect(row).toMatchObject({ emergency: true, decision: null, orderId: order.id });
    expect((row?.dueAt?.getTime() ?? 0) - (row?.promptedAt.getTime() ?? 0)).toBe(24 * 3_600_000);
  });

  test.each([
    ['a nurse of the site', () => as('nurse1'), '403 forbidden'],
    ['a doctor of another site', () => as('doctor2'), '404 not-found'],
    ['the reader', () => as('radiologist1'), '403 forbidden'],
    ['a machine of the site', async () => machineActor('HIS', 'm', await institution('LIUHE'), ['recognition.decide']), '403 forbidden'],
  ])('is not decided on by %s', async (_who, actor, refusal) => {
    const { order, promptId } = await untouched();
    expect(await refused(decide(order.id, promptId, repeat, await actor()))).toBe(refusal);
    expect(await rows(order.id)).toMatchObject([{ decision: null, decidedBy: null }]);
  }); // prettier-ignore

  test.each([
    ['of another prompt', 'other', { decision: 'adopt' }, '422 invalid'],
    ['to repeat without a reason', 'own', { decision: 'repeat' }, '422 invalid'],
  ])('with a decision %s is refused and nothing is decided', async (_what, which, more, refusal) => {
    const { order, promptId } = await untouched();
    const id = which === 'own' ? promptId : 'DR-CHEST:nothing';
    expect(await refused(decide(order.id, id, more))).toBe(refusal);
    expect(await rows(order.id)).toMatchObject([{ decision: null }]);
  });

  test('is decided for good, once, in the clinician’s name; the order that went ahead goes on', async () => {
    const { order, promptId, source } = await urgent('急丁');
    const both = await Promise.allSettled([decide(order.id, promptId), decide(order.id, promptId, repeat)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await refused(decide(order.id, promptId))).toBe('409 nothing-to-decide');
    const [row] = await rows(order.id);
    expect(row).toMatchObject({ decidedBy: doctor.id });
    expect((await auditOf(row?.id ?? '')).map(({ action }) => action)).toEqual([
      `recognition.${row?.decision}`,
    ]);
    expect((await orderRow(order.id)).status).toBe('requested');
    expect(await readOpenPrompts(ctx, doctor, order.id)).toEqual([]);
    expect(await readDecisions(ctx, doctor, order.id)).toMatchObject([
      {
        decision: row?.decision,
        decidedBy: doctor.name,
        accessionNumber: source.accessionNumber,
        platformName: null,
      },
    ]);
  });

  test('is decided on by its own id as well', async () => {
    const { order } = await urgent('急戊');
    const [row] = await rows(order.id);
    const { adopted } = await decide(order.id, row?.id ?? '');
    expect(adopted).toMatchObject([{ citation: expect.stringContaining('互认引用:') }]);
    expect(await rows(order.id)).toMatchObject([{ decision: 'adopt', saving: 75, reason: null }]);
  });

  test('whose result was voided meanwhile says so, and can only be repeated', async () => {
    const { order, promptId, source } = await urgent('急己');
    await amend(source.id, 'void');
    expect(await readOpenPrompts(ctx, doctor, order.id)).toMatchObject([
      { outdated: true, promptId, accessionNumber: source.accessionNumber, label: '县HR' },
    ]);
    expect(await refusal(decide(order.id, promptId))).toMatchObject({
      status: 409,
      type: 'recognition-prompt-outdated',
    });
    await decide(order.id, promptId, repeat);
    expect(await rows(order.id)).toMatchObject([
      { decision: 'repeat', reason: 'emergency', saving: null, citation: null },
    ]);
  });

  test('and the figures tell them by site, clinician, item, month and the site recognised', async () => {
    const today = localDate(ctx.clock.now());
    const span = { from: today, to: today };
    const all = await ctx.db.selectFrom('recognitionPrompt').select(['decision', 'saving']).execute();
    const count = (decision: string | null) => all.filter((row) => row.decision === decision).length;
    const expected = {
      prompts: all.length,
      elsewhere: 0,
      adopted: count('adopt'),
      repeated: count('repeat'),
      undecided: count(null),
      rate: count('adopt') / all.length,
      saving: all.reduce((sum, row) => sum + Number(row.saving ?? 0), 0),
    };
    for (const [group, name] of [
      ['item', '胸部正侧位 DR'],
      ['clinician', doctor.name],
      ['month', today.slice(0, 7)],
    ] as const) {
      const { items } = await readRecognition(ctx.db, { ...span, group });
      expect(items, group).toMatchObject([{ ...expected, ...(group !== 'item' && { name }) }]);
    }
    for (const group of ['site', 'source'] as const)
      expect((await readRecognition(ctx.db, { ...span, group })).items).toMatchObject([expected]);
    const elsewhere = await readRecognition(ctx.db, { ...span, group: 'site', origin: 'elsewhere' });
    expect(elsewhere).toEqual({ items: [], reasons: [] });
    expect((await readRecognition(ctx.db, { ...span, group: 'site' })).reasons).toEqual([
      { reason: 'emergency', count: count('repeat') },
    ]);
    const past = await readRecognition(ctx.db, { from: '2020-01-01', to: '2020-01-31', group: 'site' });
    expect(past.items).toEqual([]);
    const behind = (more: object) =>
      readPrompts(ctx.db, { ...span, group: 'clinician', limit: 100, ...more });
    expect(await behind({})).toHaveLength(all.length);
    expect(await behind({ decision: 'none' })).toHaveLength(count(null));
    expect(await behind({ decision: 'adopt', name: doctor.name })).toHaveLength(count('adopt'));
    expect(await behind({ reason: 'emergency' })).toHaveLength(count('repeat'));
    expect(await behind({ name: '别人' })).toEqual([]);
    expect(await behind({ origin: 'elsewhere' })).toEqual([]);
    expect(await behind({ limit: 1 })).toHaveLength(1);
    expect(await readPastPrompts(ctx.db, today, today)).toMatchObject([
      { name: doctor.name, prompts: all.length, repeated: count('repeat'), other: 0, left_open: undefined },
    ].map(({ left_open: _, ...row }) => row)); // prettier-ignore
  });
});
