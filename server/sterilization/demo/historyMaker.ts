import type { Insertable } from 'kysely';
import type {
  CssdCount,
  CssdCycle,
  CssdDailyCheck,
  CssdIndicator,
  CssdLoad,
  CssdMachineTest,
  CssdPack,
  CssdPackEvent,
  CssdRelease,
  CssdTransfer,
  CssdTransferPack,
  CssdUse,
  CssdWashLoad,
  CssdWashLoadPack,
} from '../../../db/types.ts';
import { addDays, localDay } from '../rules/expiry.ts';
import type { World } from './world.ts';

/** Rows of the synthetic month, table by table. */
export interface History {
  tests: Insertable<CssdMachineTest>[];
  checks: Insertable<CssdDailyCheck>[];
  washes: Insertable<CssdWashLoad>[];
  loads: Insertable<CssdLoad>[];
  cycles: Insertable<CssdCycle>[];
  indicators: Insertable<CssdIndicator>[];
  releases: Insertable<CssdRelease>[];
  packs: Insertable<CssdPack>[];
  washPacks: Insertable<CssdWashLoadPack>[];
  counts: Insertable<CssdCount>[];
  transfers: Insertable<CssdTransfer>[];
  transferPacks: Insertable<CssdTransferPack>[];
  uses: Insertable<CssdUse>[];
  events: Insertable<CssdPackEvent>[];
}

export const DAYS = 29;
/** Days ago of the month's failed indicator: S2's last pass, the failed one (read a day later), S2 back at work. */
export interface Story {
  lastPassDay: number;
  failDay: number;
  backDay: number;
}

/** On a Tuesday one to two weeks ago: the Sunday, when the centre is closed, lies between the last pass and the failure. */
export function storyDays(now: Date): Story {
  let failDay = 7;
  while (moment(now, failDay, 12).getUTCDay() !== 2) failDay += 1;
  return { lastPassDay: failDay + 3, failDay, backDay: failDay - 3 };
}

export const COST_FEN = { steam: 970, plasma: 1680 } as Record<string, number>;

export interface Maker {
  world: World;
  now: Date;
  random: () => number;
  out: History;
  freeFrom: Map<string, number>;
  numbers: { pack: number; transfer: number; load: number };
  documentSha256: string;
  story: Story;
  /** When S2's failed indicator was read: nothing of its suspect packs is used afterwards. */
  recallAt: Date;
}

/** China time of a day `ago` days before `now`. */
export function moment(now: Date, ago: number, hour: number, minute = 0): Date {
  return new Date(
    Date.parse(`${addDays(localDay(now), -ago)}T00:00:00+08:00`) + (hour * 60 + minute) * 60_000,
  );
}

export const emptyHistory = (): History => ({
  tests: [],
  checks: [],
  washes: [],
  loads: [],
  cycles: [],
  indicators: [],
  releases: [],
  packs: [],
  washPacks: [],
  counts: [],
  transfers: [],
  transferPacks: [],
  uses: [],
  events: [],
});

export const stamp = (day: string) => day.replaceAll('-', '').slice(2);
export const later = (at: Date, minutes: number) => new Date(at.getTime() + minutes * 60_000);

export function need(map: Map<string, string>, key: string): string {
  const id = map.get(key);
  if (!id) throw new Error(`the demo county has no ${key}`);
  return id;
}
