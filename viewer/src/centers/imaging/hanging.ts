import type { DisplaySet } from '../../panes/study/displaySets.ts';

export interface Layout {
  rows: number;
  columns: number;
}

/** How a kind of examination is hung; the first protocol that matches wins, a person's own before these. */
export interface HangingProtocol {
  modality: string;
  bodyPart?: string;
  /** Fewest display sets for which it applies. */
  atLeast: number;
  layout: Layout;
  /** Opens the newest prior of the same region at the right. */
  prior?: boolean;
}

export const standard: readonly HangingProtocol[] = [
  { modality: 'MG', atLeast: 4, layout: { rows: 2, columns: 2 } },
  { modality: 'MG', atLeast: 2, layout: { rows: 1, columns: 2 } },
  { modality: 'DX', atLeast: 2, layout: { rows: 1, columns: 2 } },
  { modality: 'CR', atLeast: 2, layout: { rows: 1, columns: 2 } },
  { modality: 'MR', atLeast: 4, layout: { rows: 2, columns: 2 } },
  { modality: 'MR', atLeast: 2, layout: { rows: 1, columns: 2 } },
];

export const largest = 4;
export const modalities = ['CT', 'MR', 'DX', 'CR', 'MG', 'US', 'XA', 'RF', 'NM', 'PT', 'OT'] as const;
const mostProtocols = 60;

const fits = (protocol: HangingProtocol, set: DisplaySet, count: number) =>
  protocol.modality === set.modality &&
  count >= protocol.atLeast &&
  (!protocol.bodyPart || protocol.bodyPart === set.bodyPart);

/** Layout and the display set of each viewport for an examination. */
export function hang(
  sets: readonly DisplaySet[],
  own: readonly HangingProtocol[],
): { layout: Layout; shown: string[]; prior: boolean } {
  const images = sets.filter((set) => set.imageIds.length > 0);
  const shownFirst = [...images, ...sets.filter((set) => set.imageIds.length === 0)];
  const first = shownFirst[0];
  const protocol = first && [...own, ...standard].find((each) => fits(each, first, images.length));
  const layout = protocol?.layout ?? { rows: 1, columns: 1 };
  return {
    layout,
    shown: shownFirst.slice(0, layout.rows * layout.columns).map((set) => set.id),
    prior: protocol?.prior ?? false,
  };
}

/** A person's protocol for this examination replaces an earlier one for the same. */
export function remember(
  own: readonly HangingProtocol[],
  set: DisplaySet,
  count: number,
  layout: Layout,
): HangingProtocol[] {
  const made: HangingProtocol = {
    modality: set.modality,
    ...(set.bodyPart ? { bodyPart: set.bodyPart } : {}),
    atLeast: Math.min(count, layout.rows * layout.columns),
    layout,
  };
  const same = (each: HangingProtocol) =>
    each.modality === made.modality && (each.bodyPart ?? '') === (made.bodyPart ?? '');
  return [made, ...own.filter((each) => !same(each))].slice(0, mostProtocols);
}

/** What an editor made, put right: nothing empty, sizes within what a screen shows. */
export function tidy(own: readonly HangingProtocol[]): HangingProtocol[] {
  const within = (value: number, most: number) => Math.max(1, Math.min(most, Math.round(value) || 1));
  return own.slice(0, mostProtocols).map((each) => ({
    modality: each.modality,
    ...(each.bodyPart?.trim() ? { bodyPart: each.bodyPart.trim().toUpperCase() } : {}),
    atLeast: within(each.atLeast, 99),
    layout: { rows: within(each.layout.rows, largest), columns: within(each.layout.columns, largest) },
    ...(each.prior ? { prior: true } : {}),
  }));
}
