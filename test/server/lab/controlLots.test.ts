import { expect, test } from 'vitest';
import { head, openLaboratory, technician } from './laboratory.ts';

openLaboratory();

interface Level {
  targetId: string;
  level: number;
  lot: string;
  parallel: boolean;
  mean: number;
  sd: number;
}
const glucose = async () => {
  const { items } = (await technician.get('/api/lab/qc')).body;
  return items.find((one: { testCode: string }) => one.testCode === 'GLU') as {
    instrumentId: string;
    hold: string | null;
    levels: Level[];
  };
};
const run = async (targetId: string, value: number, daysAgo = 0) =>
  (
    await technician.post('/api/lab/qc/runs', {
      targetId,
      value,
      at: new Date(Date.now() - daysAgo * 86_400_000).toISOString(),
    })
  ).body as { verdict: string; z: number | null; violations: string[]; held: number };

let lot: { id: string; targets: number };

test('a new lot starts in parallel on every analyzer and test of the lot it replaces', async () => {
  const old = (await glucose()).levels.find((one) => one.level === 1)!;
  const { materials } = (await head.get('/api/lab/qc/setup')).body;
  const replaced = materials.find((one: { lot: string }) => one.lot === old.lot);
  const input = {
    name: replaced.name,
    level: 1,
    lot: 'QC2699',
    expiresOn: '2099-12-31',
    replaces: replaced.id,
  };
  const made = await head.post('/api/lab/qc/materials', input);
  expect(made.status).toBe(201);
  expect(made.body.targets).toBeGreaterThan(20);
  lot = made.body;
  expect((await head.post('/api/lab/qc/materials', input)).body.type).toBe('duplicate-lot');
  const { levels } = await glucose();
  expect(levels.filter((one) => one.level === 1).map((one) => [one.lot, one.parallel])).toEqual([
    [old.lot, false],
    ['QC2699', true],
  ]);
});

test('runs of a lot in parallel are judged by its own limits and hold nothing', async () => {
  const own = (await glucose()).levels.find((one) => one.lot === 'QC2699')!;
  for (let n = 20; n > 0; n--)
    expect((await run(own.targetId, n % 2 ? 7.9 : 8.1, n + 1)).verdict).toBe('learning');
  const good = await run(own.targetId, 8.05, 0.1);
  expect([good.verdict, Math.round((good.z ?? 0) * 10)]).toEqual(['in-control', 5]);
  const chart = (
    await technician.get(
      `/api/lab/qc/levey-jennings?testCode=GLU&instrumentId=${(await glucose()).instrumentId}`,
    )
  ).body.runs.filter((one: { lot: string }) => one.lot === 'QC2699');
  expect(chart[0]).toMatchObject({ z: null, verdict: 'learning' });
  expect(chart[0].provisionalZ).toBeCloseTo(0.97, 1);
  expect((await run(own.targetId, 9, 0.05)).verdict).toBe('rejected');
  expect((await glucose()).hold).toBeNull();
});

test('an old lot beside it is judged without the points of the new one', async () => {
  const old = (await glucose()).levels.find((one) => one.level === 1 && one.lot !== 'QC2699')!;
  const answer = await run(old.targetId, old.mean + 2.5 * old.sd);
  expect(answer.violations).not.toContain('2-2s');
});

test('put in use, the lot replaces the old one where it has limits, marks the chart and holds results', async () => {
  const change = await head.post(`/api/lab/qc/materials/${lot.id}/use`);
  expect(change.body.changed).toBe(1);
  expect(change.body.waiting).toContain('NA');
  const { levels, hold, instrumentId } = await glucose();
  expect(levels.filter((one) => one.level === 1).map((one) => [one.lot, one.parallel])).toEqual([
    ['QC2699', false],
  ]);
  expect(hold).toBe('qc-rejected');
  const { events } = (
    await technician.get(`/api/lab/qc/levey-jennings?testCode=GLU&instrumentId=${instrumentId}`)
  ).body;
  expect(events.at(-1)).toMatchObject({ kind: 'control-lot', note: 'L1 QC2612 → QC2699' });
});

test('a retired lot holds nothing and cannot be used again', async () => {
  expect((await head.post(`/api/lab/qc/materials/${lot.id}/retire`)).status).toBe(200);
  expect((await glucose()).hold).toBeNull();
  expect((await head.post(`/api/lab/qc/materials/${lot.id}/use`)).body.type).toBe('lot-retired');
  expect((await technician.post(`/api/lab/qc/materials/${lot.id}/use`)).status).toBe(403);
});
