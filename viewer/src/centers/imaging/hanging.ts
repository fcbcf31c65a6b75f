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
  /** Viewports, from 1 in reading order, for the prior of the same region; one at least stays for today's images. */
  priorAt?: number[];
  /** As kept before viewports for the prior could be chosen: in the last one. */
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

export const viewportsOf = ({ rows, columns }: Layout): number => rows * columns;

/** Layout and viewports (from 1) of the prior; a layout of one viewport gets a second beside it. */
function withPrior({ layout, priorAt, prior }: HangingProtocol): { layout: Layout; priorAt: number[] } {
  const wanted = [...new Set(priorAt ?? [])];
  if (wanted.length === 0 && !prior) return { layout, priorAt: [] };
  const room = viewportsOf(layout) > 1 ? layout : { rows: 1, columns: 2 };
  const within = wanted.filter((at) => at >= 1 && at <= viewportsOf(room)).slice(0, viewportsOf(room) - 1);
  return {
    layout: room,
    priorAt: within.length > 0 ? within.sort((a, b) => a - b) : [viewportsOf(room)],
  };
}

/** Layout, the display set of each viewport, and the viewports (from 0) that wait for the prior. */
export function hang(
  sets: readonly DisplaySet[],
  own: readonly HangingProtocol[],
): { layout: Layout; shown: (string | undefined)[]; priorAt: number[] } {
  const images = sets.filter((set) => set.imageIds.length > 0);
  const shownFirst = [...images, ...sets.filter((set) => set.imageIds.length === 0)];
  const first = shownFirst[0];
  const protocol = first && [...own, ...standard].find((each) => fits(each, first, images.length));
  const { layout, priorAt } = protocol
    ? withPrior(protocol)
    : { layout: { rows: 1, columns: 1 }, priorAt: [] };
  const kept = priorAt.map((at) => at - 1);
  return { layout, shown: fill([], kept, shownFirst, viewportsOf(layout)), priorAt: kept };
}

/** Puts display sets that are not shown yet into the empty viewports, except those that are `kept` free. */
export function fill(
  shown: readonly (string | undefined)[],
  kept: readonly number[],
  sets: readonly DisplaySet[],
  count: number,
): (string | undefined)[] {
  const rest = sets.map((set) => set.id).filter((id) => !shown.includes(id));
  const filled = Array.from({ length: count }, (_, at) =>
    kept.includes(at) ? shown[at] : (shown[at] ?? rest.shift()),
  );
  while (filled.length > 0 && filled.at(-1) === undefined) filled.pop();
  return filled;
}

/**
 * What stands where once the prior is closed: the layout from before it was widened for the prior, else today's series take
 * its viewports, and of a screen with a single series left nothing stays empty.
 */
export function withoutPrior(
  shown: readonly (string | undefined)[],
  layout: Layout,
  widened: Layout | null,
  todaySets: readonly DisplaySet[],
): { layout: Layout; shown: (string | undefined)[] } {
  const today = shown.map((id) => (todaySets.some((set) => set.id === id) ? id : undefined));
  if (widened) return { layout: widened, shown: today.filter((id) => id !== undefined) };
  const images = todaySets.filter((set) => set.imageIds.length > 0);
  const filled = fill(today, [], images, viewportsOf(layout));
  const left = filled.filter((id) => id !== undefined);
  return left.length === 1 ? { layout: { rows: 1, columns: 1 }, shown: left } : { layout, shown: filled };
}

/** A person's protocol for this examination replaces an earlier one for the same. */
export function remember(
  own: readonly HangingProtocol[],
  set: DisplaySet,
  count: number,
  layout: Layout,
  priorAt: readonly number[] = [],
): HangingProtocol[] {
  const made: HangingProtocol = {
    modality: set.modality,
    ...(set.bodyPart ? { bodyPart: set.bodyPart } : {}),
    atLeast: Math.max(1, Math.min(count, viewportsOf(layout) - priorAt.length)),
    layout,
    ...(priorAt.length > 0 ? { priorAt: [...priorAt] } : {}),
  };
  const same = (each: HangingProtocol) =>
    each.modality === made.modality && (each.bodyPart ?? '') === (made.bodyPart ?? '');
  return [made, ...own.filter((each) => !same(each))].slice(0, mostProtocols);
}

/** What an editor made, put right: nothing empty, sizes within what a screen shows. */
export function tidy(own: readonly HangingProtocol[]): HangingProtocol[] {
  const within = (value: number, most: number) => Math.max(1, Math.min(most, Math.round(value) || 1));
  return own.slice(0, mostProtocols).map((each) => {
    const { rows, columns } = each.layout;
    const { layout, priorAt } = withPrior({
      ...each,
      layout: { rows: within(rows, largest), columns: within(columns, largest) },
    });
    return {
      modality: each.modality,
      ...(each.bodyPart?.trim() ? { bodyPart: each.bodyPart.trim().toUpperCase() } : {}),
      atLeast: within(each.atLeast, 99),
      layout,
      ...(priorAt.length > 0 ? { priorAt } : {}),
    };
  });
}
