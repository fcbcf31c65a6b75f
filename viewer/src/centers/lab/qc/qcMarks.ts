/** What happened to an analyzer or a lot, at a time of the axis. */
export interface QcMark {
  at: number;
  kind: 'lot' | 'event';
  note: string;
}

/** A mark with the words that stand over it: none when a near mark before it carries them. */
export interface LabelledMark extends QcMark {
  label: string[];
}

/** Width of a label's letters at 11 px: Hanzi are square, the rest about half as wide. */
const widthOf = (text: string) => [...text].reduce((sum, one) => sum + (one > '\u2e80' ? 11 : 6.5), 0);

const LONGEST_PX = 150;

/** A label as it stands over the plot: cut where it would be wider than a column. */
export function shortLabel(note: string): string {
  if (widthOf(note) <= LONGEST_PX) return note;
  let short = note;
  while (widthOf(short) > LONGEST_PX - 11) short = short.slice(0, -1);
  return `${short}…`;
}

/**
 * Marks whose labels would touch share one label of at most three lines, so that no two labels overlap. `span` is the
 * time that the plot shows over `plotPx` pixels.
 */
export function labelMarks(marks: readonly QcMark[], span: number, plotPx = 1000): LabelledMark[] {
  const sorted = [...marks].sort((a, b) => a.at - b.at);
  let groups = sorted.map((mark, first) => ({ first, at: mark.at, notes: [shortLabel(mark.note)] }));
  const touch = (a: (typeof groups)[number], b: (typeof groups)[number]) =>
    ((b.at - a.at) / Math.max(1, span)) * plotPx <
    (Math.max(...a.notes.map(widthOf)) + Math.max(...b.notes.map(widthOf))) / 2 + 8;
  for (let joined = true; joined;) {
    joined = false;
    const next: typeof groups = [];
    for (const group of groups) {
      const before = next.at(-1);
      if (before && touch(before, group)) {
        before.notes = [...new Set([...before.notes, ...group.notes])];
        joined = true;
      } else next.push(group);
    }
    groups = next;
  }
  return sorted.map((mark, index) => {
    const notes = groups.find((group) => group.first === index)?.notes ?? [];
    return { ...mark, label: notes.length > 3 ? [...notes.slice(0, 2), `+${notes.length - 2}`] : notes };
  });
}

/** A lot of a level as the chart draws it: when it was first run, and how many lots of its level stood before it. */
export interface Lot {
  level: number;
  lot: string;
  from: string;
  age: number;
}

/** The lots of these runs (oldest first) by level; a level with one lot only has a solid line. */
export function lotsOf(runs: readonly { level: number; lot: string; at: string }[]): Lot[] {
  const found: Omit<Lot, 'age'>[] = [];
  for (const { level, lot, at } of runs)
    if (!found.some((one) => one.level === level && one.lot === lot)) found.push({ level, lot, from: at });
  return found
    .sort((a, b) => a.level - b.level || a.from.localeCompare(b.from))
    .map((one) => {
      const beside = found.filter((other) => other.level === one.level);
      return { ...one, age: beside.length > 1 ? beside.indexOf(one) : 1 };
    });
}
