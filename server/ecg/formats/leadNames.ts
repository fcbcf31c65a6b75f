import type { EcgLead, ReadingNote } from './model.ts';

export const standardLeads = [
  'I',
  'II',
  'III',
  'aVR',
  'aVL',
  'aVF',
  'V1',
  'V2',
  'V3',
  'V4',
  'V5',
  'V6',
] as const;

/** EN 1064 table 4 and ISO/IEEE 11073-10102 share these numbers. */
const leadByCode: Record<number, string> = {
  1: 'I',
  2: 'II',
  3: 'V1',
  4: 'V2',
  5: 'V3',
  6: 'V4',
  7: 'V5',
  8: 'V6',
  9: 'V7',
  10: 'V2R',
  11: 'V3R',
  12: 'V4R',
  13: 'V5R',
  14: 'V6R',
  15: 'V7R',
  16: 'X',
  17: 'Y',
  18: 'Z',
  19: 'CC5',
  20: 'CM5',
  31: 'NAV',
  61: 'III',
  62: 'aVR',
  63: 'aVL',
  64: 'aVF',
  65: '-aVR',
  66: 'V8',
  67: 'V9',
  68: 'V8R',
  69: 'V9R',
  86: 'MCL1',
  87: 'MCL2',
  88: 'MCL3',
  89: 'MCL4',
  90: 'MCL5',
  91: 'MCL6',
  121: 'ES',
  122: 'AS',
  123: 'AI',
};

export function leadNameOfCode(code: number): string {
  return leadByCode[code] ?? `Lead ${code}`;
}

const canonical = new Map([...Object.values(leadByCode)].map((name) => [name.toUpperCase(), name] as const));

/** `Lead avf`, `MDC_ECG_LEAD_AVF`, `ECG aVF`, `AVF` → `aVF`; an unknown label stays as the device wrote it. */
export function canonicalLeadName(label: string): string {
  const bare = label
    .trim()
    .replace(/^(MDC_ECG_LEAD_|MDC_ECG_|ECG[ _-]+|LEAD[ _-]+)/i, '')
    .replace(/^d-?/i, (prefix) => (/^d-?[IVa]/i.test(label) ? '' : prefix))
    .trim();
  return canonical.get(bare.toUpperCase()) ?? label.trim();
}

/**
 * Adds III, aVR, aVL, aVF computed from I and II where the file leaves them out (Einthoven, Goldberger).
 * Augmented leads keep full precision by halving the unit instead of rounding the sample.
 */
export function deriveLimbLeads(leads: EcgLead[], notes: ReadingNote[]): EcgLead[] {
  const byName = new Map(leads.map((lead) => [lead.name, lead]));
  const one = byName.get('I');
  const two = byName.get('II');
  if (!one || !two || one.samples.length !== two.samples.length || one.startSample !== two.startSample)
    return leads;
  if (one.microvoltPerUnit !== two.microvoltPerUnit) return leads;
  const combine = (name: string, a: number, b: number, unit: number): EcgLead => {
    const samples = new Int32Array(one.samples.length);
    for (let i = 0; i < samples.length; i++)
      samples[i] = a * (one.samples[i] ?? 0) + b * (two.samples[i] ?? 0);
    return {
      name,
      samples,
      microvoltPerUnit: one.microvoltPerUnit * unit,
      origin: 'derived',
      startSample: one.startSample,
    };
  };
  const wanted: EcgLead[] = [];
  if (!byName.has('III')) wanted.push(combine('III', -1, 1, 1));
  if (!byName.has('aVR')) wanted.push(combine('aVR', -1, -1, 0.5));
  if (!byName.has('aVL')) wanted.push(combine('aVL', 2, -1, 0.5));
  if (!byName.has('aVF')) wanted.push(combine('aVF', -1, 2, 0.5));
  if (wanted.length === 0) return leads;
  notes.push({ code: 'leads-derived', detail: wanted.map((lead) => lead.name).join(' ') });
  return inStandardOrder([...leads, ...wanted]);
}

/** Standard twelve first, in their usual order; everything else behind in the device's order. */
export function inStandardOrder(leads: EcgLead[]): EcgLead[] {
  const rank = (lead: EcgLead): number => {
    const index = standardLeads.findIndex((name) => name === lead.name);
    return index < 0 ? standardLeads.length : index;
  };
  return leads
    .map((lead, index) => ({ lead, index }))
    .sort((a, b) => rank(a.lead) - rank(b.lead) || a.index - b.index)
    .map(({ lead }) => lead);
}
