import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedSterilizationDemo } from '../../../server/sterilization/demo/seedDemo.ts';
import { moment, storyDays } from '../../../server/sterilization/demo/historyMaker.ts';
import { startHub, type TestHub } from '../../helpers/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
});
afterAll(() => hub?.close());

test(
  'the demo centre has its month, one failed indicator with its recall, and work at every step',
  { timeout: 90_000 },
  async () => {
    await seedSterilizationDemo(hub.ctx);
    const cssd = await hub.as('cssd1');
    const board = (await cssd.get('/api/sterilization/board')).body;
    const states = board.steps.map((step: { state: string }) => step.state);
    expect(states).toEqual(
      expect.arrayContaining([
        'collected',
        'counted',
        'dried',
        'inspected',
        'packed',
        'loaded',
        'sterilized',
        'stored',
        'released',
      ]),
    );
    expect(
      board.machines
        .filter((machine: { running: string | null }) => machine.running)
        .map((machine: { code: string }) => machine.code),
    ).toEqual(['W1', 'S2']);
    const { items } = (await cssd.get('/api/sterilization/recalls')).body;
    expect(items).toHaveLength(1);
    for (const recall of items)
      expect(recall).toMatchObject({ open: 0, unacknowledged: 0, machineStatus: 'ready' });
    expect((await cssd.get('/api/sterilization/catalogue')).body.setTypes).toHaveLength(40);
    const nurse = await hub.as('nurse1');
    const site = (await nurse.get('/api/sterilization/site')).body;
    expect(site.incoming.length).toBeGreaterThan(0);
    const { rows } = await sql<{
      packs: number;
      events: number;
    }>`select (select count(*)::int from cssd_pack) as packs, (select count(*)::int from cssd_pack_event) as events`.execute(
      hub.ctx.db,
    );
    expect(rows[0]!.packs).toBeGreaterThan(500);
    expect(rows[0]!.events).toBeGreaterThan(6000);
  },
);

test('on any day of the week the story of the recall falls on working days', () => {
  for (let day = 1; day <= 7; day += 1) {
    const now = new Date(Date.UTC(2026, 10, day, 16, 30)); // half past midnight in China
    const { lastPassDay, failDay, backDay } = storyDays(now);
    expect(
      [lastPassDay, failDay, failDay - 1, failDay - 2, backDay].map((ago) =>
        moment(now, ago, 12).getUTCDay(),
      ),
    ).not.toContain(0);
    expect(backDay).toBeGreaterThan(2);
    expect(lastPassDay).toBeLessThan(18);
  }
});
