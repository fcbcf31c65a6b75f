import { addDays, localDay } from '../rules/expiry.ts';
import { plasmaCurve, steamCurve } from './historyCurves.ts';
import {
  DAYS,
  emptyHistory,
  later,
  moment,
  need,
  stamp,
  storyDays,
  type History,
  type Maker,
} from './historyMaker.ts';
import { makePack } from './historyPack.ts';
import { seededRandom, uuidAt } from './random.ts';
import type { Tray, World } from './world.ts';

/**
 * The maker of a month of work up to yesterday: two washers, two steam sterilizers, one plasma; every pack from the dirty box to its
 * shelf, site or patient. Everything is synthetic.
 */
export function startHistory(world: World, now: Date, documentSha256: string): Maker {
  const story = storyDays(now);
  return {
    world,
    now,
    random: seededRandom(20261122),
    out: emptyHistory(),
    freeFrom: new Map(),
    numbers: { pack: 0, transfer: 0, load: 0 },
    documentSha256,
    story,
    recallAt: moment(now, story.failDay - 1, 16),
  };
}

/** The days from `from` to `to` (days ago, inclusive), as rows. */
export function makeDays(maker: Maker, from: number, to: number): History {
  maker.out = emptyHistory();
  for (let ago = from; ago >= to; ago -= 1) makeDay(maker, ago);
  maker.out.events.sort((a, b) => Number(a.at) - Number(b.at));
  return maker.out;
}

function makeDay(maker: Maker, ago: number): void {
  const { world, out, now, story } = maker;
  const weekday = moment(now, ago, 12).getUTCDay();
  if (weekday === 0) return; // closed on Sundays
  const lead = need(world.staff, 'cssd1');
  const bd = new Map<string, string>();
  for (const code of ['S1', 'S2']) {
    const at = moment(now, ago, 7, code === 'S1' ? 20 : 25);
    const id = uuidAt(at);
    bd.set(code, id);
    out.tests.push({
      id,
      machineId: need(world.machines, code),
      kind: 'bowie-dick',
      testedAt: at,
      outcome: 'pass',
      lot: `BD${weekday}07`,
      readBy: lead,
    });
  }
  const warm = maker.random() < 0.08;
  out.checks.push(
    {
      id: uuidAt(moment(now, ago, 8)),
      institutionId: world.centerId,
      kind: 'climate',
      place: '无菌物品存放区',
      measured: JSON.stringify({
        temperatureC: warm ? 25.2 : 21 + Math.round(maker.random() * 20) / 10,
        humidityPercent: 48 + Math.round(maker.random() * 15),
      }),
      outcome: warm ? 'fail' : 'pass',
      action: warm ? '调低空调温度,1 h 后复测合格' : '',
      checkedAt: moment(now, ago, 8),
      checkedBy: lead,
    },
    {
      id: uuidAt(moment(now, ago, 8, 5)),
      institutionId: world.centerId,
      kind: 'water',
      machineId: null,
      place: '纯水机',
      measured: JSON.stringify({ conductivityMicrosiemensCm: 4 + Math.round(maker.random() * 50) / 10 }),
      outcome: 'pass',
      action: '',
      checkedAt: moment(now, ago, 8, 5),
      checkedBy: lead,
    },
    {
      id: uuidAt(moment(now, ago, 8, 10)),
      institutionId: world.centerId,
      kind: 'sealer',
      machineId: need(world.machines, 'F1'),
      place: '',
      measured: JSON.stringify({ finding: '封口平整,密合' }),
      outcome: 'pass',
      action: '',
      checkedAt: moment(now, ago, 8, 10),
      checkedBy: lead,
    },
  );
  const free = world.trays.filter((tray) => (maker.freeFrom.get(tray.id) ?? 99) >= ago);
  const steam = free.filter((tray) => tray.method === 'steam').slice(0, 36 + Math.floor(maker.random() * 12));
  // Implants first, hence in S1: each load with implants has its own indicator, which would be a pass of S2 in between.
  steam.sort((a, b) => Number(b.implant) - Number(a.implant));
  const plasma = free.filter((tray) => tray.method === 'plasma').slice(0, 4);
  const half = Math.ceil(steam.length / 2);
  const s2Down = ago < story.failDay - 1 && ago > story.backDay;
  makeRun(maker, ago, 'S1', 0, s2Down ? steam : steam.slice(0, half), bd);
  if (!s2Down) makeRun(maker, ago, 'S2', 1, steam.slice(half), bd);
  if (plasma.length > 0) makeRun(maker, ago, 'H1', 2, plasma, bd);
}

function biologicalOf({ story }: Maker, machine: string, ago: number): 'pass' | 'fail' | undefined {
  if (machine === 'H1') return 'pass';
  if (machine === 'S2') {
    if (ago === story.failDay) return 'fail';
    return [DAYS, 24, 18, story.lastPassDay, story.backDay, 2].includes(ago) ? 'pass' : undefined;
  }
  return ago % 6 === 5 ? 'pass' : undefined;
}

/** One wash load, one sterilization load and what became of its packs. */
function makeRun(
  maker: Maker,
  ago: number,
  machine: string,
  order: number,
  trays: Tray[],
  bd: Map<string, string>,
): void {
  if (trays.length === 0) return;
  const { world, out, now, story } = maker;
  const plasma = machine === 'H1';
  const [operator, checker] = [need(world.staff, 'cssd1'), need(world.staff, 'cssd2')];
  const collected = moment(now, ago, 9, 20 + order * 10);
  const washAt = moment(now, ago, 10, 30 + order * 15);
  const start = moment(now, ago, 14, order * 20);
  const end = new Date(start.getTime() + (plasma ? 52 : 49) * 60_000);
  const released = new Date(end.getTime() + 35 * 60_000);
  const day = addDays(localDay(now), -ago);
  const washer = order % 2 === 0 ? 'W1' : 'W2';
  const washId = uuidAt(washAt);
  const loadId = uuidAt(start);
  const releaseId = uuidAt(released);
  const outerId = uuidAt(end);
  const implant = trays.some((tray) => tray.implant);
  const biological = biologicalOf(maker, machine, ago) ?? (implant ? 'pass' : undefined);
  const biologicalId = uuidAt(start);
  const programme = plasma ? 'STD' : 'S134';
  const a0 = 640 + Math.round(maker.random() * 160);
  maker.numbers.load += 1;
  out.washes.push({
    id: washId,
    number: `${washer}-${stamp(day)}-${String(maker.numbers.load).padStart(5, '0')}`,
    machineId: need(world.machines, washer),
    programmeId: need(world.programmes, `${washer}/P1`),
    startedAt: washAt,
    startedBy: operator,
    endedAt: later(washAt, 46),
    endedBy: operator,
    a0,
    outcome: 'pass',
  });
  out.cycles.push({
    id: uuidAt(later(washAt, 46)),
    washLoadId: washId,
    loadId: null,
    source: 'entered',
    startedAt: washAt,
    endedAt: later(washAt, 46),
    parameters: JSON.stringify({ a0 }),
    curve: null,
    physicalOutcome: 'pass',
    recordedAt: later(washAt, 46),
    recordedBy: operator,
  });
  out.loads.push({
    id: loadId,
    number: `${machine}-${stamp(day)}-01-${need(world.machines, machine).slice(-4)}`,
    machineId: need(world.machines, machine),
    programmeId: need(world.programmes, `${machine}/${programme}`),
    purpose: 'production',
    method: plasma ? 'plasma' : 'steam-prevacuum',
    runOfDay: 1,
    state: 'released',
    hasImplant: implant,
    startedAt: start,
    startedBy: operator,
    endedAt: end,
    bowieDickId: bd.get(machine) ?? null,
    bowieDickOn: bd.has(machine) ? day : null,
    bowieDickOutcome: bd.has(machine) ? 'pass' : null,
  });
  const curve = plasma ? plasmaCurve() : steamCurve(maker.random);
  out.cycles.push({
    id: uuidAt(end),
    washLoadId: null,
    loadId,
    source: 'entered',
    startedAt: start,
    endedAt: end,
    parameters: JSON.stringify(
      plasma
        ? {
            holdS: 1320,
            minTemperatureC: 45.4,
            maxTemperatureC: 46.9,
            concentrationMgL: 7.2,
            verdict: 'pass',
          }
        : {
            holdS: 300,
            minTemperatureC: 134.2,
            maxTemperatureC: 135.6,
            minPressureKpa: 206,
            maxPressureKpa: 214,
            verdict: 'pass',
          },
    ),
    curve: JSON.stringify(curve),
    physicalOutcome: 'pass',
    recordedAt: end,
    recordedBy: operator,
  });
  out.indicators.push({
    id: outerId,
    loadId,
    kind: 'outer-chemical',
    outcome: 'pass',
    placedAt: start,
    placedBy: operator,
    readAt: later(end, 20),
    readBy: operator,
    control: null,
  });
  // The failed indicator of S2 is placed here and read by the recall that follows (see recallStory.ts).
  const pending = biological === 'fail';
  if (biological)
    out.indicators.push({
      id: biologicalId,
      loadId,
      kind: 'biological',
      lot: `BI-${stamp(day)}`,
      position: '排气口上方',
      outcome: pending ? 'pending' : 'pass',
      control: pending ? null : 'growth',
      placedAt: start,
      placedBy: operator,
      readAt: pending ? null : later(released, implant ? -5 : 24 * 60 - 60),
      readBy: pending ? null : operator,
    });
  const kind = implant ? 'after-biological' : 'normal';
  out.releases.push({
    id: releaseId,
    loadId,
    kind,
    hasImplant: implant,
    biologicalRequired: false,
    physicalOutcome: 'pass',
    outerIndicatorId: outerId,
    outerOutcome: 'pass',
    biologicalIndicatorId: implant ? biologicalId : null,
    biologicalKind: implant ? 'biological' : null,
    biologicalOutcome: implant ? 'pass' : null,
    releasedAt: released,
    releasedBy: checker,
    documentSha256: maker.documentSha256,
    recordSha256: maker.documentSha256,
  });
  const suspect = machine === 'S2' && ago < story.lastPassDay && ago >= story.failDay - 1;
  const run = {
    ago,
    machine,
    day,
    washId,
    washer,
    loadId,
    releaseId,
    collected,
    washAt,
    start,
    end,
    released,
    suspect,
  };
  for (const tray of trays) makePack(maker, run, tray);
}
