import type { Flag, FlagInput } from './flags.ts';
import type { FlagRule } from './rules.ts';
import type { LeadMeasurement } from './types.ts';

type Found = Omit<Flag, 'rule' | 'tier'>;

/** Leads that look at neighbouring walls, in anatomical order (aVR turned round). */
const contiguous: readonly (readonly string[])[] = [
  ['aVL', 'I'],
  ['II', 'aVF'],
  ['aVF', 'III'],
  ['II', 'III'],
  ['V1', 'V2'],
  ['V2', 'V3'],
  ['V3', 'V4'],
  ['V4', 'V5'],
  ['V5', 'V6'],
];

function pairs(leads: LeadMeasurement[], test: (lead: LeadMeasurement) => boolean): LeadMeasurement[] {
  const passed = new Map(leads.filter(test).map((lead) => [lead.name, lead]));
  const found = new Set<LeadMeasurement>();
  for (const [a, b] of contiguous) {
    const first = passed.get(a ?? '');
    const second = passed.get(b ?? '');
    if (first && second) found.add(first).add(second);
  }
  return [...found];
}

function listed(leads: LeadMeasurement[], value: (lead: LeadMeasurement) => number): Found | undefined {
  if (leads.length === 0) return undefined;
  return {
    lead: leads.map((lead) => lead.name).join(' '),
    values: Object.fromEntries(leads.map((lead) => [lead.name, value(lead)])),
  };
}

/** Rules on the median beat: ST, T, intervals, axis and voltage. */
export function patternFlags(rule: FlagRule, input: FlagInput): Found | undefined {
  const { measurements: m, leads } = input;
  const limit = (name: string): number => rule.limits[name] ?? Number.NaN;
  const of = (name: string): LeadMeasurement | undefined => leads.find((lead) => lead.name === name);
  const wide = (m.qrsMs ?? 0) >= 120;
  switch (rule.code) {
    case 'st-elevation': {
      const v2v3 = input.sex === 'F' ? limit('v2v3WomenMicrovolt') : limit('v2v3MenMicrovolt');
      // behind a wide QRS or on a very high R wave the ST segment moves by itself
      const found = pairs(leads, (lead) => {
        const needed = lead.name === 'V2' || lead.name === 'V3' ? v2v3 : limit('microvolt');
        const allowance = wide ? Math.abs(lead.sMicrovolt) * 0.25 : Math.abs(lead.sMicrovolt) * 0.1;
        return lead.stJMicrovolt >= needed && lead.stJ60Microvolt >= needed && lead.stJMicrovolt > allowance;
      });
      return found.length >= limit('leads') ? listed(found, (lead) => lead.stJMicrovolt) : undefined;
    }
    case 'st-depression': {
      const found = pairs(
        leads,
        (lead) =>
          lead.stJMicrovolt <= -limit('microvolt') * 0.8 &&
          lead.stJ60Microvolt <= -limit('microvolt') &&
          !(wide && lead.rMicrovolt > 1000),
      );
      return found.length >= limit('leads') ? listed(found, (lead) => lead.stJ60Microvolt) : undefined;
    }
    case 'peaked-t': {
      const found = pairs(
        leads,
        (lead) =>
          (lead.tMicrovolt ?? 0) >= limit('microvolt') && (lead.tMicrovolt ?? 0) > lead.rMicrovolt * 0.9,
      );
      return found.length >= limit('leads') ? listed(found, (lead) => lead.tMicrovolt ?? 0) : undefined;
    }
    case 'long-qtc':
      return (m.qtcMs ?? 0) >= limit('qtcMs') && (m.heartRateBpm ?? 999) < 130
        ? { values: { qtcMs: m.qtcMs ?? 0, qtMs: m.qtMs ?? 0 } }
        : undefined;
    case 'long-pr':
      return (m.prMs ?? 0) > limit('prMs') ? { values: { prMs: m.prMs ?? 0 } } : undefined;
    case 'wide-qrs':
      return (m.qrsMs ?? 0) >= limit('qrsMs') ? { values: { qrsMs: m.qrsMs ?? 0 } } : undefined;
    case 'short-pr-wide-qrs':
      return m.prMs !== undefined && m.prMs < limit('prMs') && (m.qrsMs ?? 0) >= limit('qrsMs')
        ? { values: { prMs: m.prMs, qrsMs: m.qrsMs ?? 0 } }
        : undefined;
    case 'axis-deviation':
      return m.qrsAxisDegrees !== undefined &&
        (m.qrsAxisDegrees < limit('leftDegrees') || m.qrsAxisDegrees > limit('rightDegrees'))
        ? { values: { qrsAxisDegrees: m.qrsAxisDegrees } }
        : undefined;
    case 'high-voltage': {
      const sokolow =
        Math.max(of('V5')?.rMicrovolt ?? 0, of('V6')?.rMicrovolt ?? 0) - (of('V1')?.sMicrovolt ?? 0);
      return of('V1') && sokolow >= limit('sokolowMicrovolt')
        ? { values: { sokolowMicrovolt: sokolow } }
        : undefined;
    }
    case 'low-voltage': {
      const limb = leads.filter((lead) => ['I', 'II', 'III', 'aVR', 'aVL', 'aVF'].includes(lead.name));
      const highest = Math.max(
        ...limb.map((lead) => lead.rMicrovolt - Math.min(lead.qMicrovolt, lead.sMicrovolt)),
      );
      return limb.length === 6 && highest < limit('microvolt')
        ? { values: { microvolt: highest } }
        : undefined;
    }
    default:
      return undefined;
  }
}
