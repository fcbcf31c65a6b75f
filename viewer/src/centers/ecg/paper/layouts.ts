export type LayoutName = '12x1' | '6x2' | '3x4+1' | '3x4+3' | 'cabrera' | 'single' | 'overlay';

export const layoutNames: readonly LayoutName[] = [
  '3x4+1',
  '3x4+3',
  '6x2',
  '12x1',
  'cabrera',
  'single',
  'overlay',
];

export interface RowLead {
  name: string;
  /** Drawn upside down: −aVR of the Cabrera order. */
  inverted?: boolean;
}

/** A row of paper: leads one after the other in time, or on one baseline. */
export interface PaperRow {
  leads: RowLead[];
  overlaid?: boolean;
}

const grid = [
  ['I', 'aVR', 'V1', 'V4'],
  ['II', 'aVL', 'V2', 'V5'],
  ['III', 'aVF', 'V3', 'V6'],
];
const limb = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF'];
const chest = ['V1', 'V2', 'V3', 'V4', 'V5', 'V6'];
const cabrera = ['aVL', 'I', '-aVR', 'II', 'aVF', 'III'];

const named = (name: string): RowLead => (name === '-aVR' ? { name: 'aVR', inverted: true } : { name });

const isStandard = (present: string[]): boolean =>
  [...limb, ...chest].every((name) => present.includes(name));

/** What can be chosen for the leads that are there: without the standard twelve all of them, or one. */
export const layoutsFor = (present: string[]): readonly LayoutName[] =>
  isStandard(present) ? layoutNames : ['12x1', 'single'];

/** Rows of a layout for the leads that are there; without the standard twelve every lead has its own row. */
export function rowsOf(layout: LayoutName, present: string[], rhythm: string): PaperRow[] {
  const has = (name: string): boolean => present.includes(name);
  const row = (names: string[]): PaperRow => ({
    leads: names.filter((name) => has(name.replace('-', ''))).map(named),
  });
  const single = present.map((name) => row([name]));
  if (layout === 'single') return [row([has(rhythm) ? rhythm : (present[0] ?? '')])];
  if (layout === 'overlay')
    return [
      { ...row(limb), overlaid: true },
      { ...row(chest), overlaid: true },
    ].filter((entry) => entry.leads.length > 0);
  if (!isStandard(present)) return single;
  switch (layout) {
    case '12x1':
      return [...limb, ...chest].map((name) => row([name]));
    case 'cabrera':
      return [...cabrera, ...chest].map((name) => row([name]));
    case '6x2':
      return limb.map((name, i) => row([name, chest[i] ?? '']));
    case '3x4+3':
      return [...grid.map(row), row(['II']), row(['V1']), row(['V5'])];
    default:
      return [...grid.map(row), row([has(rhythm) ? rhythm : 'II'])];
  }
}
