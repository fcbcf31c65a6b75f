import type { Insertable } from 'kysely';
import type { CssdPackEvent } from '../../../db/types.ts';
import { addDays, localDay } from '../rules/expiry.ts';
import { composePackCode } from '../rules/packCode.ts';
import { COST_FEN, later, need, stamp, type History, type Maker } from './historyMaker.ts';
import { uuidAt } from './random.ts';
import type { Tray } from './world.ts';

/** One load with its wash, as the packs of it see it. */
export interface Run {
  ago: number;
  machine: string;
  day: string;
  washId: string;
  washer: string;
  loadId: string;
  releaseId: string;
  collected: Date;
  washAt: Date;
  start: Date;
  end: Date;
  released: Date;
  suspect: boolean;
}

/** One circulation from the dirty box to its shelf, site or patient. */
export function makePack(maker: Maker, run: Run, tray: Tray): void {
  const { world, out, now } = maker;
  const [operator, checker] = [need(world.staff, 'cssd1'), need(world.staff, 'cssd2')];
  const site = world.sites.find((one) => one.id === tray.owner) ?? world.sites[0];
  if (!site) return;
  maker.numbers.pack += 1;
  const id = uuidAt(later(run.collected, maker.numbers.pack % 40));
  const expiresOn = addDays(run.day, tray.shelfLifeDays);
  const sent = new Date(run.released.getTime() + 17 * 3_600_000);
  const arrived = later(sent, 90 + Math.floor(maker.random() * 120));
  const usedAt = later(
    arrived,
    24 * 60 * (1 + Math.floor(maker.random() * 4)) + Math.floor(maker.random() * 300),
  );
  const horizon = run.suspect ? maker.recallAt : now;
  const state =
    sent >= horizon || (run.suspect && arrived >= horizon)
      ? 'stored'
      : arrived >= horizon
        ? 'dispatched'
        : usedAt >= horizon
          ? 'received'
          : 'used';
  const urgent = maker.random() < 0.06;
  out.packs.push({
    id,
    code: composePackCode(world.centerId, run.day, maker.numbers.pack),
    centerId: world.centerId,
    setTypeId: tray.setTypeId,
    setTypeVersionId: tray.versionId,
    trayId: tray.id,
    ownerInstitutionId: tray.owner,
    state,
    urgent,
    implant: tray.implant,
    washRequired: true,
    collectedAt: urgent ? later(run.collected, 180) : run.collected,
    washLoadId: run.washId,
    packagingMaterialId: tray.materialId,
    packedAt: later(run.start, -60),
    packedBy: operator,
    checkedBy: checker,
    loadId: run.loadId,
    sterilizedOn: run.day,
    expiresOn,
    releaseId: run.releaseId,
    locationId: state === 'stored' ? world.centerId : site.id,
    shelf:
      state === 'stored'
        ? `${'ABCD'[maker.numbers.pack % 4] ?? 'A'}-${String((maker.numbers.pack % 12) + 1).padStart(2, '0')}`
        : state === 'received'
          ? '无菌柜'
          : '',
    readyAt: run.released,
    costFen: COST_FEN[tray.method] ?? 970,
    updatedAt: state === 'used' ? usedAt : state === 'received' ? arrived : run.released,
  });
  out.washPacks.push({
    washLoadId: run.washId,
    infectiousRoute: false,
    packId: id,
    infectious: 'none',
    running: false,
  });
  const event = (
    kind: string,
    at: Date,
    staffId: string,
    institutionId: string,
    more: Partial<Insertable<CssdPackEvent>> = {},
  ) =>
    out.events.push({
      packId: id,
      kind,
      at,
      staffId,
      institutionId,
      station: '',
      machineId: null,
      washLoadId: null,
      loadId: null,
      transferId: null,
      patientId: null,
      detail: '{}',
      ...more,
    });
  const center = world.centerId;
  event('collected', run.collected, need(world.staff, 'courier1'), site.id);
  event('counted', later(run.collected, 40), operator, center, { station: '回收清点' });
  event('washing', run.washAt, operator, center, {
    machineId: need(world.machines, run.washer),
    washLoadId: run.washId,
  });
  event('washed', later(run.washAt, 46), operator, center, {
    machineId: need(world.machines, run.washer),
    washLoadId: run.washId,
  });
  event('dried', later(run.washAt, 66), operator, center, { machineId: need(world.machines, 'D1') });
  event('inspected', later(run.washAt, 85), operator, center, { station: '检查组装' });
  event('packed', later(run.start, -60), operator, center, { station: '包装' });
  event('loaded', run.start, operator, center, {
    machineId: need(world.machines, run.machine),
    loadId: run.loadId,
  });
  event('sterilized', run.end, operator, center, {
    machineId: need(world.machines, run.machine),
    loadId: run.loadId,
  });
  event('released', run.released, checker, center, { loadId: run.loadId });
  event('stored', later(run.released, 12), operator, center);
  if (maker.random() < 0.02)
    out.counts.push({
      id: uuidAt(run.collected),
      packId: id,
      stage: 'sort',
      expected: 2,
      found: 1,
      damaged: 0,
      discrepancy: 'missing',
      note: '',
      countedAt: later(run.collected, 40),
      countedBy: operator,
    });
  if (state === 'stored') return busy(maker, tray, run.suspect ? maker.story.backDay : 0);

  const transferId = transferOf(maker, site.id, sent, arrived, state !== 'dispatched', site.nurse);
  out.transferPacks.push({
    transferId,
    kind: 'sterile',
    packId: id,
    dispatchedOn: localDay(sent),
    loadId: run.loadId,
    releaseId: run.releaseId,
    expiresOn,
    receivedAt: state === 'dispatched' ? null : arrived,
    condition: state === 'dispatched' ? null : 'intact',
  });
  event('dispatched', sent, operator, center, { transferId });
  if (state === 'dispatched') return busy(maker, tray, 0);
  event('received', arrived, site.nurse, site.id, { transferId });
  if (state === 'received') return busy(maker, tray, run.suspect ? maker.story.backDay : 0);
  const patientId = world.patients[Math.floor(maker.random() * world.patients.length)] ?? null;
  out.uses.push({
    packId: id,
    loadId: run.loadId,
    expiresOn,
    patientId,
    visit: `MZ${localDay(usedAt).replaceAll('-', '')}${String(maker.numbers.pack % 97).padStart(2, '0')}`,
    procedureName: '',
    institutionId: site.id,
    usedAt,
    usedBy: site.nurse,
    innerOutcome: 'pass',
  });
  event('used', usedAt, site.nurse, site.id, { patientId });
  // Used in the evening, collected with the next morning's run.
  busy(maker, tray, Math.floor((now.getTime() - usedAt.getTime()) / 86_400_000 - 0.6));
}

/** The tray may begin again `freeFrom` days ago or later; 0 = it is still out. */
function busy(maker: Maker, tray: Tray, freeFrom: number): void {
  maker.freeFrom.set(tray.id, freeFrom);
}

const transferKey = new WeakMap<History, Map<string, string>>();

function transferOf(
  maker: Maker,
  siteId: string,
  sent: Date,
  arrived: Date,
  closed: boolean,
  nurse: string,
): string {
  const { out, world } = maker;
  const known = transferKey.get(out) ?? new Map<string, string>();
  transferKey.set(out, known);
  const key = `${siteId} ${sent.getTime()} ${String(closed)}`;
  const before = known.get(key);
  if (before) return before;
  maker.numbers.transfer += 1;
  const id = uuidAt(sent);
  known.set(key, id);
  out.transfers.push({
    id,
    number: `T${stamp(localDay(sent))}-H${String(maker.numbers.transfer).padStart(4, '0')}`,
    kind: 'sterile',
    fromInstitutionId: world.centerId,
    toInstitutionId: siteId,
    courierId: need(world.staff, 'courier1'),
    vehicle: '苏F·演示1',
    createdAt: sent,
    createdBy: need(world.staff, 'cssd1'),
    departedAt: sent,
    arrivedAt: closed ? arrived : null,
    receivedBy: closed ? nurse : null,
  });
  return id;
}
