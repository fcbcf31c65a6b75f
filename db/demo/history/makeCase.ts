import { addWorkingDays, addWorkingMinutes } from '../../../server/core/turnaround/calendar.ts';
import { computeClock } from '../../../server/core/turnaround/computeClock.ts';
import type { Chance } from './random.ts';
import type { County, HistoryItem, HistorySite } from './readCounty.ts';

export interface CaseEvent {
  kind: string;
  at: Date;
  reason?: string;
}

export interface HistoryCase {
  id: string;
  item: HistoryItem;
  site: HistorySite;
  priority: 'emergency' | 'urgent' | 'routine';
  flags: string[];
  policyIds: string[];
  createdAt: Date;
  receivedAt: Date;
  claimedAt: Date;
  finalAt: Date;
  positive: boolean;
  /** A conclusion that names a notifiable disease, and the rule that finds it. */
  notifiable?: { rule: string; evidence: string };
  events: CaseEvent[];
  clocks: Record<string, unknown>[];
}

const MINUTE = 60_000;
const after = (at: Date, minutes: number) => new Date(at.getTime() + minutes * MINUTE);

/**
 * How likely a case is on time. The county learns: 86 % a year ago, 96 % now; nights are slower; two sites have a story
 * of their own, so that the funnel plot and the rules have something to find.
 */
function onTimeChance(monthsAgo: number, site: HistorySite, item: HistoryItem, hour: number): number {
  let share = 0.965 - monthsAgo * 0.009 + site.bent;
  if (hour >= 20 || hour < 7) share -= 0.07;
  if (site.code === 'SHIMEN' && item.center === 'imaging' && monthsAgo <= 1) share -= 0.16;
  if (item.center === 'pathology') share -= 0.03;
  return Math.min(0.995, Math.max(0.4, share));
}

/** Working hours mostly, some in the evening, few at night. */
function hourOf(chance: Chance): number {
  const part = chance.next();
  if (part < 0.82) return 7.8 + (chance.next() + chance.next()) * 4.6;
  return part < 0.94 ? chance.between(17, 22) : chance.between(0, 24);
}

/** One finished case of a day, from request to acknowledgement; its clocks are read off its events by the hub's own rule. */
export function makeCase(
  county: County,
  chance: Chance,
  day: string,
  monthsAgo: number,
): HistoryCase | undefined {
  const item = chance.pick(county.items);
  const site = item.itemClass === 'frozen' ? county.theatre : chance.pick(item.center === 'ecg' ? county.ecgSites : county.sites); // prettier-ignore
  const hour = hourOf(chance);
  const createdAt = after(new Date(`${day}T00:00:00+08:00`), hour * 60);
  const part = chance.next();
  const routineOnly = item.itemClass === 'holter' || item.center === 'pathology';
  const night = hour >= 20 || hour < 7;
  const priority = routineOnly ? 'routine' : part < (night ? 0.6 : 0.12) ? 'emergency' : part < 0.2 ? 'urgent' : 'routine'; // prettier-ignore
  const flags =
    item.center === 'ecg' && priority === 'emergency' && chance.next() < 0.6 ? ['chest-pain'] : [];
  const policies = county.policiesOf(item, priority, flags);

  const specimen = item.center === 'lab' || item.center === 'pathology';
  const inputAt = after(createdAt, chance.between(4, specimen ? 25 : 40));
  const arrivedAt = after(inputAt, specimen ? chance.between(35, priority === 'routine' ? 200 : 90) : chance.between(1, 9)); // prettier-ignore
  const receivedAt = after(arrivedAt, specimen ? chance.between(2, 15) : 0.2);
  const events: CaseEvent[] = [
    { kind: 'requested', at: createdAt },
    { kind: specimen ? 'collected' : 'examined', at: inputAt },
    { kind: specimen ? 'delivered' : 'acquired', at: arrivedAt },
    { kind: 'received', at: receivedAt },
  ];
  let openAt = receivedAt;
  if (chance.next() < 0.025 + site.careless) {
    const returnedAt = after(receivedAt, chance.between(3, 25));
    openAt = after(returnedAt, chance.between(12, 110));
    events.push(
      { kind: 'returned', at: returnedAt, reason: chance.pick(RETURN_REASONS[item.center]) },
      { kind: 'resent', at: openAt },
    );
  }
  const service = policies.find((policy) => policy.kind === 'service');
  const onTime = chance.next() < onTimeChance(monthsAgo, site, item, hour);
  const effort = onTime ? chance.between(0.18, 0.92) : chance.between(1.08, 2.1);
  const finalAt = endOf(openAt, service, effort);
  const span = finalAt.getTime() - openAt.getTime();
  const claimedAt = new Date(openAt.getTime() + span * chance.between(0.15, 0.5));
  if (item.center === 'lab')
    events.push({
      kind: 'measured',
      at: new Date(openAt.getTime() + (claimedAt.getTime() - openAt.getTime()) * 0.6),
    });
  events.push(
    { kind: 'claimed', at: claimedAt },
    { kind: 'preliminary', at: new Date(claimedAt.getTime() + (finalAt.getTime() - claimedAt.getTime()) * 0.7) }, // prettier-ignore
    { kind: 'final', at: finalAt },
  );
  const readLate = chance.next() < 0.05 + site.careless;
  const readMinutes = priority === 'emergency' ? (readLate ? 55 : 14) : readLate ? 2_300 : 260;
  events.push({ kind: 'acknowledged', at: after(finalAt, chance.between(0.1, 1) * readMinutes) });
  // What is not over by the end of yesterday belongs to the present, and the present is not this part's to tell.
  if (events.some((event) => event.at >= county.until)) return undefined;
  const positive = chance.next() < 0.3;
  const notifiable = positive ? notifiableOf(county, chance, item, finalAt) : undefined;
  return {
    id: chance.uuid(createdAt),
    item,
    site,
    priority,
    flags,
    policyIds: policies.map((policy) => policy.id),
    createdAt,
    receivedAt,
    claimedAt,
    finalAt,
    positive,
    ...(notifiable && { notifiable }),
    events,
    clocks: policies.flatMap((policy) => {
      const reading = computeClock(events, policy, policy.calendar);
      return reading
        ? [{ policyId: policy.id, kind: policy.kind, ...reading, pausedMinutes: Math.round(reading.pausedMinutes), breachedAt: reading.state === 'breached' ? reading.dueAt : null }] // prettier-ignore
        : [];
    }),
  };
}

/** A few positive chests and infection markers of the year; of the last days nearly each, so that open cards can be seen. */
function notifiableOf(county: County, chance: Chance, item: HistoryItem, finalAt: Date) {
  const chest = item.code === 'DR-CHEST' || item.code === 'CT-CHEST';
  if (!chest) return undefined;
  const fresh = county.until.getTime() - finalAt.getTime() < 3 * 1_440 * MINUTE;
  return chance.next() < (fresh ? 0.8 : 0.06)
    ? {
        rule: 'pulmonary-tb',
        evidence: chance.pick(['右肺上叶继发性肺结核', '左肺上叶考虑肺结核', '双肺粟粒性结核']),
      }
    : undefined;
}

function endOf(
  openAt: Date,
  service: ReturnType<County['policiesOf']>[number] | undefined,
  effort: number,
): Date {
  if (!service) return after(openAt, 120 * effort);
  if (service.workingDays === null || !service.calendar)
    return addWorkingMinutes(service.calendar, openAt, service.targetMinutes * effort);
  const due = addWorkingDays(service.calendar, openAt, service.workingDays);
  return new Date(openAt.getTime() + (due.getTime() - openAt.getTime()) * effort);
}

const RETURN_REASONS = {
  imaging: ['体位不正', '曝光不足', '未包全', '信息不符'],
  ecg: ['基线漂移', '导联接反', '肌电干扰'],
  lab: ['溶血', '标本量不足', '标本凝固', '条码不清'],
  pathology: ['固定液不足', '申请单信息不全'],
  sterilization: ['器械缺件'],
} as const;
