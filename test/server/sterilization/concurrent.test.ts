import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  bowieDick,
  GOOD_STEAM,
  newPacked,
  ok,
  packAll,
  PATIENT,
  PIN,
  refused,
  release,
  startSterileHub,
  sterilize,
  type SterileHub,
} from './helpers.ts';

let hub: SterileHub;
beforeAll(async () => {
  hub = await startSterileHub();
  await bowieDick(hub, 'S1');
  await sterilize(hub, 'S1', await newPacked(hub, 'DRESSING', 1), 'BI-1'); // the day's first load carries it
});
afterAll(() => hub?.close());

test('two stations dispatch the same pack at once: one wins', async () => {
  const [code] = await newPacked(hub, 'DRESSING', 1);
  await release(hub, await sterilize(hub, 'S1', [code!]));
  const answers = await Promise.all(
    ['LIUHE', 'BAITA'].map((to) => hub.cssd.post('/api/sterilization/dispatch', { to, codes: [code] })),
  );
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
});

test('a set is declared once, also when two people do it at once, and never waits twice for the courier', async () => {
  const { nurse } = hub;
  const body = { lines: [{ code: 'T-HANDPIECE-02' }] };
  const answers = await Promise.all([1, 2].map(() => nurse.post('/api/sterilization/declare-return', body)));
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
  expect((await refused(nurse, 'declare-return', body)).type).toBe('already-returned');
});

test('used, sent back, declared and rejected at the same moment: one of them is done, none fails', async () => {
  const { cssd, nurse } = hub;
  await ok(cssd, 'begin-new', { tray: 'T-DRESSING-03' });
  await packAll(hub, ['T-DRESSING-03']);
  const { code } = (await cssd.get('/api/sterilization/packs/T-DRESSING-03')).body;
  await release(hub, await sterilize(hub, 'S1', [code]));
  await ok(cssd, 'dispatch', { to: 'LIUHE', codes: [code] });
  await ok(nurse, 'receive', { packs: [{ code }] });
  const answers = await Promise.all([
    nurse.post('/api/sterilization/use', { code, patient: PATIENT, innerIndicator: 'pass' }),
    nurse.post('/api/sterilization/return-unused', { codes: [code], reason: 'not-needed' }),
    nurse.post('/api/sterilization/declare-return', { lines: [{ code }] }),
    nurse.post('/api/sterilization/reject', { code, defect: 'wet' }),
  ]);
  for (const answer of answers) expect([200, 409], JSON.stringify(answer.body)).toContain(answer.status);
  expect(
    (await hub.nurse.post('/api/sterilization/reject', { code, defect: 'wet', note: 'a\u0000b' })).status,
  ).toBeLessThan(500);
});

test('a failed indicator, a release, the end of a run and a use at the same moment: nothing escapes the recall', async () => {
  const { cssd, nurse } = hub;
  await bowieDick(hub, 'S2');
  const [used, kept, second, running] = await newPacked(hub, 'DRESSING', 4);
  const failing = await sterilize(hub, 'S2', [used!, kept!], 'BI-R');
  await release(hub, failing);
  await ok(cssd, 'dispatch', { to: 'LIUHE', codes: [used, kept] });
  await ok(nurse, 'receive', { packs: [{ code: used }, { code: kept }] });
  const waiting = await sterilize(hub, 'S2', [second!]);
  const live = await ok(cssd, 'start-load', { machine: 'S2', programme: 'S134', codes: [running] });
  const answers = await Promise.all([
    nurse.post('/api/sterilization/use', { code: used, patient: PATIENT, innerIndicator: 'pass' }),
    hub.releaser.post('/api/sterilization/release', { loadId: waiting, pin: PIN }),
    cssd.post('/api/sterilization/record-cycle', { loadId: live.id, parameters: GOOD_STEAM }),
    cssd.post('/api/sterilization/record-indicator', {
      loadId: failing,
      kind: 'biological',
      outcome: 'fail',
      control: 'growth',
    }),
  ]);
  for (const answer of answers) expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500);
  expect(answers[3]!.status).toBe(200);
  const recall = (await cssd.get(`/api/sterilization/recalls/${answers[3]!.body.recall.id}`)).body;
  const listed = recall.items.map((item: { code: string }) => item.code);
  const patients = recall.patients.map((one: { code: string }) => one.code);
  expect(listed).toContain(kept);
  expect(listed).toContain(second);
  expect([...listed, ...patients]).toContain(used);
  for (const code of [kept, second, running]) {
    const { state } = (await cssd.get(`/api/sterilization/packs/${code}`)).body;
    expect(['recalled', 'reprocess'], code).toContain(state);
  }
  expect(
    recall.notices.some((one: { institutionName: string }) => one.institutionName.includes('柳河')),
  ).toBe(true);
});
