import { afterAll, beforeAll, expect, test } from 'vitest';
import { personOfTicket } from '../../../server/sterilization/station/stationTicket.ts';
import { bowieDick, ok, refused, startSterileHub, type SterileHub } from './helpers.ts';

let hub: SterileHub;
beforeAll(async () => {
  hub = await startSterileHub();
  await bowieDick(hub, 'S1');
});
afterAll(() => hub?.close());

test('an offline station is taken over in its order, once, and its conflicts are shown', async () => {
  const { cssd } = hub;
  const [code] = (await ok(cssd, 'begin-new', { setTypeCode: 'GAUZE-PACK' })).packs.map(
    (pack: { code: string }) => pack.code,
  );
  const deviceAt = '2026-11-22T00:10:00Z';
  const batch = {
    station: '检查包装台 2',
    sentAt: new Date(Date.now() - 300_000).toISOString(), // this station is five minutes slow
    scans: [
      { sequence: 3, operation: 'pack', input: { code }, deviceAt },
      { sequence: 1, operation: 'count', input: { code }, deviceAt },
      { sequence: 2, operation: 'inspect', input: { code }, deviceAt },
      { sequence: 4, operation: 'pack', input: { code: 'P00' }, deviceAt },
      { sequence: 5, operation: 'release', input: {}, deviceAt },
    ],
  };
  const first = await ok(cssd, 'scans', batch);
  expect(
    first.results.map((result: { sequence: number; outcome: string }) => [result.sequence, result.outcome]),
  ).toEqual([
    [1, 'accepted'],
    [2, 'accepted'],
    [3, 'accepted'],
    [4, 'conflict'],
    [5, 'conflict'],
  ]);
  expect((await ok(cssd, 'scans', batch)).results).toEqual(first.results); // sent again: answered, not done again
  const pack = (await cssd.get(`/api/sterilization/packs/${code}`)).body;
  expect(pack.state).toBe('packed');
  expect(pack.events.at(-1)).toMatchObject({
    kind: 'packed',
    deviceAt: '2026-11-22T00:10:00.000Z',
    station: '检查包装台 2',
  });
  const { items } = (await cssd.get('/api/sterilization/conflicts')).body;
  expect(items.map((item: { problem: string }) => item.problem.split(':')[0])).toEqual([
    'unknown-barcode',
    'unknown-operation',
  ]);
  expect(items[0].skewMs).toBeGreaterThan(250_000);
  await ok(cssd, 'resolve-scan', { id: items[0].id, resolution: '标签破损,已重新打印' });
  expect((await cssd.get('/api/sterilization/conflicts')).body.items).toHaveLength(1);
});

test('what a station scanned offline is done in the name of who scanned it, whoever hands it over', async () => {
  const { cssd, releaser } = hub;
  const { ticket } = (await cssd.get('/api/sterilization/station-ticket')).body as { ticket: string };
  const begun = await ok(cssd, 'begin-new', { setTypeCode: 'GAUZE-PACK', quantity: 3 });
  const [own, forged, other] = begun.packs.map((pack: { code: string }) => pack.code) as string[];
  const nurseTicket = (await hub.nurse.get('/api/sterilization/station-ticket')).body.ticket as string;
  const deviceAt = hub.clock.now().toISOString();
  const count = (sequence: number, code: string | undefined, proof: string) => ({
    sequence,
    operation: 'count',
    input: { code },
    deviceAt,
    ticket: proof,
  });
  const batch = {
    station: '回收清点 7',
    sentAt: deviceAt,
    scans: [
      count(1, own, ticket),
      count(
        2,
        forged,
        ticket.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
      ),
      count(3, other, nurseTicket), // of another institution: not this station's person
    ],
  };
  const { results } = await ok(releaser, 'scans', batch);
  expect(
    results.map((one: { outcome: string; problem: string }) => [one.outcome, one.problem.split(':')[0]]),
  ).toEqual([
    ['accepted', ''],
    ['conflict', 'unproven'],
    ['conflict', 'unproven'],
  ]);
  const me = async (client: typeof cssd) => (await client.get('/api/session')).body.user.name as string;
  expect(results[0].person).toBe(await me(cssd));
  const pack = (await cssd.get(`/api/sterilization/packs/${own}`)).body;
  expect(pack.events.at(-1)).toMatchObject({ kind: 'counted', staff: await me(cssd) });
  expect((await cssd.get(`/api/sterilization/packs/${forged}`)).body.state).toBe('collected');
  const { items } = (await cssd.get('/api/sterilization/conflicts')).body;
  expect(items.at(-1)).toMatchObject({ station: '回收清点 7', takenOverBy: await me(releaser) });
  // The proof ends after a week.
  const later = (days: number) => ({ now: () => new Date(hub.clock.now().getTime() + days * 86_400_000) });
  expect(await personOfTicket({ ...hub.ctx, clock: later(6) }, ticket)).toMatchObject({ kind: 'staff' });
  expect(await personOfTicket({ ...hub.ctx, clock: later(8) }, ticket)).toBeUndefined();
});

test('what the station says it expected does not count, and what was short is explained at assembly', async () => {
  const { cssd } = hub;
  const { packs } = await ok(cssd, 'begin-new', { setTypeCode: 'DEBRIDE' });
  const code = packs[0].code;
  const { contents } = (await cssd.get(`/api/sterilization/packs/${code}`)).body;
  const item = contents[0] as { code: string; quantity: number };
  const short = { instrumentTypeCode: item.code, expected: item.quantity - 1, found: item.quantity - 1 };
  expect((await refused(cssd, 'count', { code, lines: [short] })).type).toBe('discrepancy-missing');
  expect(
    (await refused(cssd, 'count', { code, lines: [{ ...short, instrumentTypeCode: 'NO-SUCH' }] })).type,
  ).toBe('invalid');
  await ok(cssd, 'count', { code, lines: [{ ...short, discrepancy: 'missing' }] });
  const wash = await ok(cssd, 'start-wash', { machine: 'W2', programme: 'P1', codes: [code] });
  await ok(cssd, 'end-wash', { washLoadId: wash.id, parameters: { a0: 650 } });
  await ok(cssd, 'dry', { codes: [code] });
  expect((await refused(cssd, 'inspect', { code })).type).toBe('count-differs');
  const replaced = {
    instrumentTypeCode: item.code,
    expected: 0,
    found: item.quantity,
    discrepancy: 'replaced',
  };
  await ok(cssd, 'inspect', { code, lines: [replaced] });
});

test('the same number of a station with another time is another scan; two hand-overs at once do it once', async () => {
  const { nurse } = hub;
  const scan = (deviceAt: string) => ({
    sequence: 1,
    operation: 'declare-return',
    input: { lines: [{ setTypeCode: 'MINOR', quantity: 1 }] },
    deviceAt,
  });
  const batch = (deviceAt: string) => ({
    station: '门诊 A1',
    sentAt: new Date().toISOString(),
    scans: [scan(deviceAt)],
  });
  const before = await hub.ctx.db.selectFrom('cssdReturn').select('id').execute();
  await Promise.all([1, 2].map(() => nurse.post('/api/sterilization/scans', batch('2026-11-22T01:00:00Z'))));
  await ok(nurse, 'scans', batch('2026-11-22T02:00:00Z'));
  const after = await hub.ctx.db.selectFrom('cssdReturn').select('id').execute();
  expect(after.length - before.length).toBe(2);
});
