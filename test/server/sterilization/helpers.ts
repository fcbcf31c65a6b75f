import type { Client, TestHub } from '../../helpers/hub.ts';
import { startHub } from '../../helpers/hub.ts';
import { seedReference } from '../../../server/sterilization/demo/seedReference.ts';

export interface SterileHub extends TestHub {
  centerId: string;
  cssd: Client;
  releaser: Client;
  nurse: Client;
  courier: Client;
}

/** The hub with the county and the catalogue of sterile supply, and the people of the flow signed in. */
export async function startSterileHub(): Promise<SterileHub> {
  const hub = await startHub({ env: { HUB_ROLES: 'web,worker' } });
  hub.clock.advance(minutesToMorning(hub.clock.now()));
  const center = await hub.ctx.db
    .selectFrom('center')
    .select('institutionId')
    .where('kind', '=', 'sterilization')
    .executeTakeFirstOrThrow();
  await hub.ctx.db.transaction().execute((trx) => seedReference(trx, center.institutionId, new Date()));
  const [cssd, releaser, nurse, courier] = await Promise.all([
    hub.as('cssd1'),
    hub.as('cssd2'),
    hub.as('nurse1'),
    hub.as('courier1'),
  ]);
  return {
    ...hub,
    centerId: center.institutionId,
    cssd: cssd!,
    releaser: releaser!,
    nurse: nurse!,
    courier: courier!,
  };
}

/** Minutes to the next 08:00 in Shanghai (00:00 UTC): tests that move on by hours stay within one working day. */
function minutesToMorning(now: Date): number {
  const day = 24 * 60 * 60_000;
  return (day - (now.getTime() % day)) / 60_000;
}

/** Calls an act and expects success. */
export async function ok(client: Client, act: string, body: unknown = {}) {
  const answer = await client.post(`/api/sterilization/${act}`, body);
  if (answer.status !== 200) throw new Error(`${act}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Calls an act and expects it to be refused with this problem type. */
export async function refused(
  client: Client,
  act: string,
  body: unknown,
): Promise<{ type: string; status: number; missing?: string[]; detail: string }> {
  const answer = await client.post(`/api/sterilization/${act}`, body);
  if (answer.status < 400) throw new Error(`${act} was not refused: ${JSON.stringify(answer.body)}`);
  return {
    type: answer.body.type,
    status: answer.status,
    missing: answer.body.missing,
    detail: answer.body.detail,
  };
}

export const GOOD_STEAM = {
  holdS: 300,
  minTemperatureC: 134.2,
  maxTemperatureC: 135.8,
  minPressureKpa: 206,
  maxPressureKpa: 214,
  verdict: 'pass',
};
export const GOOD_PLASMA = {
  holdS: 1300,
  minTemperatureC: 45.5,
  maxTemperatureC: 47,
  concentrationMgL: 7.1,
  verdict: 'pass',
};
export const GOOD_WASH = { a0: 720 };
export const PIN = '246810';

/** Takes packs from any early state to packed. */
export async function packAll(hub: SterileHub, codes: string[]): Promise<void> {
  for (const code of codes) await ok(hub.cssd, 'count', { code });
  const washed: string[] = [];
  for (const code of codes)
    if ((await hub.cssd.get(`/api/sterilization/packs/${code}`)).body.washRequired) washed.push(code);
  if (washed.length > 0) {
    const wash = await ok(hub.cssd, 'start-wash', { machine: 'W1', programme: 'P1', codes: washed });
    await ok(hub.cssd, 'end-wash', { washLoadId: wash.id, parameters: GOOD_WASH });
    await ok(hub.cssd, 'dry', { codes: washed, machine: 'D1' });
  }
  for (const code of codes) {
    await ok(hub.cssd, 'inspect', { code });
    await ok(hub.cssd, 'pack', { code, checkedBy: 'cssd2' });
  }
}

/** New packs of a set type at the centre, packed. */
export async function newPacked(hub: SterileHub, setTypeCode: string, quantity: number): Promise<string[]> {
  const begun = await ok(hub.cssd, 'begin-new', { setTypeCode, quantity });
  const codes = begun.packs.map((pack: { code: string }) => pack.code);
  await packAll(hub, codes);
  return codes;
}

export async function bowieDick(hub: SterileHub, machine: string, outcome = 'pass') {
  return ok(hub.cssd, 'record-test', { machine, kind: 'bowie-dick', outcome, lot: 'BD-1' });
}

/** Runs a production load to its end with good records; outer indicators read. Returns the load's id. */
export async function sterilize(
  hub: SterileHub,
  machine: string,
  codes: string[],
  biologicalLot?: string,
): Promise<string> {
  const plasma = machine === 'H1';
  const load = await ok(hub.cssd, 'start-load', {
    machine,
    programme: plasma ? 'STD' : 'S134',
    codes,
    ...(biologicalLot && { biologicalLot }),
  });
  const cycle = await ok(hub.cssd, 'record-cycle', {
    loadId: load.id,
    parameters: plasma ? GOOD_PLASMA : GOOD_STEAM,
  });
  if (cycle.outcome !== 'pass') throw new Error(JSON.stringify(cycle));
  await ok(hub.cssd, 'record-indicator', { loadId: load.id, kind: 'outer-chemical', outcome: 'pass' });
  return load.id;
}

export const release = (hub: SterileHub, loadId: string, more: Record<string, unknown> = {}) =>
  ok(hub.releaser, 'release', { loadId, pin: PIN, ...more });

export const PATIENT = {
  name: '张桂英',
  sex: 'F',
  birthDate: '1958-03-12',
  identifiers: [{ type: 'mrn', value: 'LH-000317' }],
};

/** Moves the clock on without anybody being signed out. */
export async function move(hub: SterileHub, minutes: number): Promise<void> {
  hub.clock.advance(minutes);
  await hub.ctx.db.updateTable('session').set({ lastSeenAt: hub.clock.now() }).execute();
}
