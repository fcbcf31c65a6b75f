import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  bowieDick,
  GOOD_STEAM,
  move,
  newPacked,
  ok,
  PATIENT,
  refused,
  release,
  startSterileHub,
  sterilize,
  type SterileHub,
} from './helpers.ts';

let hub: SterileHub;
beforeAll(async () => {
  hub = await startSterileHub();
});
afterAll(() => hub?.close());

interface OpenNotice {
  recallId: string;
  packs: number;
}

test(
  'an unconfirmed recall is held before the site, and before the duty office after fifteen minutes; packs are settled together',
  { timeout: 120_000 },
  async () => {
    const { cssd, nurse } = hub;
    const duty = await hub.as('duty1');
    const noticesOf = async (client: typeof nurse): Promise<OpenNotice[]> =>
      (await client.get('/api/sterilization/recall-notices')).body.items;
    await bowieDick(hub, 'S2');
    const all = await newPacked(hub, 'DRESSING', 5);
    const codes = all.slice(0, 4); // the fifth stays at the centre
    const load = await sterilize(hub, 'S2', all, 'BI-1');
    await release(hub, load);
    await ok(cssd, 'dispatch', { to: 'LIUHE', codes });
    await ok(nurse, 'receive', { packs: codes.map((code) => ({ code })), shelf: '无菌柜' });
    const failed = await ok(cssd, 'record-indicator', {
      loadId: load,
      kind: 'biological',
      outcome: 'fail',
      control: 'growth',
    });
    const recallId = failed.recall.id as string;

    expect(await noticesOf(nurse)).toMatchObject([{ recallId, packs: 4 }]);
    expect(await noticesOf(duty!)).not.toContainEqual(expect.objectContaining({ packs: 4 }));
    // What one reads is read for the whole site: only those whose work it is are shown it.
    const kindsOf = async (client: typeof nurse): Promise<string[]> =>
      (await client.get('/api/notifications')).body.items.map((notice: { kind: string }) => notice.kind);
    expect(await kindsOf(nurse)).toContain('sterilization.recall');
    expect(await kindsOf(cssd)).toContain('sterilization.recall');
    expect(await kindsOf((await hub.as('pathologist1'))!)).not.toContain('sterilization.recall');
    await move(hub, 16);
    expect(await noticesOf(duty!)).toContainEqual(expect.objectContaining({ recallId, packs: 4 }));
    await ok(nurse, 'acknowledge-recall', { recallId });
    await ok(cssd, 'acknowledge-recall', { recallId });
    expect(await noticesOf(nurse)).toEqual([]);
    expect(await noticesOf(duty!)).toEqual([]);

    const used = await ok(nurse, 'resolve-recall-items', {
      recallId,
      codes: codes.slice(0, 1),
      outcome: 'used',
      patient: PATIENT,
      visit: 'MZ-1',
    });
    expect(used).toEqual({ settled: [codes[0]], refused: [] });
    const rest = await ok(nurse, 'resolve-recall-items', { recallId, codes, outcome: 'destroyed' });
    expect(rest.settled).toEqual(codes.slice(1));
    expect(rest.refused).toMatchObject([{ code: codes[0], problem: 'already-resolved' }]);

    // Backwards from the patient, found by the visit; forwards from the wash load.
    const search = await nurse.get('/api/sterilization/trace/patients?q=MZ-1');
    expect(search.body).toHaveProperty('items');
    const found = search.body.items;
    expect(found).toMatchObject([{ name: PATIENT.name, packs: 1 }]);
    const trace = (await nurse.get(`/api/sterilization/trace/patient/${found[0].id}`)).body;
    expect(trace.packs).toMatchObject([{ code: codes[0] }]);
    const washNumber = trace.packs[0].washNumber as string | null;
    if (washNumber !== null) {
      const wash = (await cssd.get(`/api/sterilization/trace?code=${washNumber}`)).body;
      expect(wash.subject.kind).toBe('wash-load');
      expect(wash.packs.map((pack: { code: string }) => pack.code).sort()).toEqual([...all].sort());
    }
  },
);

test('every figure has its cases, and a ledger is read as rows before it is printed', async () => {
  const { cssd } = hub;
  const day = (await cssd.get('/api/sterilization/figures')).body as {
    from: string;
    to: string;
    townships: { code: string; packs: number }[];
    setTypes: { code: string; packs: number }[];
    runs: { number: string; packs: number }[];
    figures: { code: string; numerator?: number; denominator?: number }[];
  };
  const cases = async (query: string): Promise<unknown[]> =>
    (await cssd.get(`/api/sterilization/incidents?${query}&from=${day.from}&to=${day.to}`)).body.items;
  for (const site of day.townships)
    expect(await cases(`kind=delivered&institution=${site.code}`)).toHaveLength(site.packs);
  for (const set of day.setTypes)
    expect(await cases(`kind=ready&setType=${set.code}`)).toHaveLength(set.packs);
  for (const run of day.runs) expect(await cases(`kind=run&number=${run.number}`)).toHaveLength(run.packs);
  for (const [figure, kind] of [
    ['wash-pass', 'wash-failed'],
    ['sterilization-pass', 'load-failed'],
    ['biological-pass', 'biological-failed'],
    ['use-recorded', 'unrecorded'],
  ]) {
    const one = day.figures.find((row) => row.code === figure);
    expect(await cases(`kind=${kind}`)).toHaveLength((one?.denominator ?? 0) - (one?.numerator ?? 0));
  }
  await ok(cssd, 'daily-check', {
    kind: 'climate',
    place: '无菌物品存放区',
    measured: { temperatureC: 21.5, humidityPercent: 55 },
  });
  const ledger = await cssd.get(
    `/api/sterilization/ledgers/daily-check?from=${day.from}&to=${day.to}&format=json`,
  );
  expect(ledger.body.rows[0]).toContain('温度 21.5 ℃；相对湿度 55 %');
  for (const kind of ['count', 'reject', 'repair'])
    expect(
      (await cssd.get(`/api/sterilization/ledgers/${kind}?from=${day.from}&to=${day.to}&format=json`)).status,
    ).toBe(200);
});

test('a sterilizer stopped by a Bowie-Dick or a leak test returns with the repeated test', async () => {
  const { cssd, releaser } = hub;
  const run = async (machine: string, programme: string) => {
    const load = await ok(cssd, 'start-load', { machine, programme, codes: [] });
    await ok(cssd, 'record-cycle', { loadId: load.id, parameters: GOOD_STEAM });
    return load.id as string;
  };
  await ok(cssd, 'record-test', { machine: 'S1', kind: 'bowie-dick', outcome: 'fail' });
  const loadId = await run('S1', 'BD');
  expect((await refused(releaser, 'return-machine', { machine: 'S1' })).type).toBe('trials-missing');
  await ok(cssd, 'record-test', { machine: 'S1', kind: 'bowie-dick', outcome: 'pass', loadId });
  expect((await cssd.get(`/api/sterilization/loads/${loadId}`)).body.tests).toMatchObject([
    { kind: 'bowie-dick', outcome: 'pass' },
  ]);
  await ok(cssd, 'record-trial', { machine: 'S1', loadId });
  expect(await ok(releaser, 'return-machine', { machine: 'S1' })).toMatchObject({ status: 'ready' });

  const leak = (leakKpaMin: number) =>
    ok(cssd, 'record-test', { machine: 'S1', kind: 'leak', outcome: 'pass', leakKpaMin });
  expect((await leak(0.9)).blocked).toBe(true);
  expect((await refused(releaser, 'return-machine', { machine: 'S1' })).type).toBe('leak-test-missing');
  await leak(0.05);
  expect(await ok(releaser, 'return-machine', { machine: 'S1' })).toMatchObject({ status: 'ready' });
});
