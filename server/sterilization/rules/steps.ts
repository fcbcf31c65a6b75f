/** The states of a pack, in the order of the flow; beside them the ways out of it. */
export const PACK_STATES = [
  'collected',
  'pretreated',
  'counted',
  'washed',
  'dried',
  'inspected',
  'packed',
  'loaded',
  'sterilized',
  'released',
  'stored',
  'dispatched',
  'received',
  'used',
  'returned',
  'recalled',
  'reprocess',
  'discarded',
  'lost',
] as const;
export type PackState = (typeof PACK_STATES)[number];

/** Allowed steps; the database holds the same table (`cssd_step`) and refuses every other. */
export const STEPS: Record<PackState, readonly PackState[]> = {
  collected: ['pretreated', 'counted', 'lost'],
  pretreated: ['counted'],
  counted: ['washed', 'inspected', 'lost'],
  washed: ['dried', 'counted'],
  dried: ['inspected', 'counted'],
  inspected: ['packed', 'counted'],
  packed: ['loaded', 'reprocess'],
  loaded: ['packed', 'sterilized', 'reprocess'],
  sterilized: ['released', 'recalled', 'reprocess'],
  released: ['stored', 'dispatched', 'recalled', 'reprocess'],
  stored: ['dispatched', 'recalled', 'reprocess', 'lost'],
  dispatched: ['received', 'recalled', 'reprocess', 'lost'],
  received: ['used', 'returned', 'recalled', 'reprocess', 'lost'],
  used: [],
  returned: ['reprocess', 'recalled'],
  recalled: ['used', 'reprocess', 'discarded', 'lost'],
  reprocess: ['discarded'],
  discarded: [],
  lost: [],
};

/** States in which a pack no longer circulates: its tray may begin again. */
export const CLOSED_STATES: readonly PackState[] = ['used', 'reprocess', 'discarded', 'lost'];

export interface PackNature {
  infectious: string;
  washRequired: boolean;
}

const FLOW: readonly PackState[] = PACK_STATES.slice(0, PACK_STATES.indexOf('used') + 1);

/** The way this pack has to go: pre-treatment only on the infectious route, no washing for new goods. */
export function flowOf(nature: PackNature): PackState[] {
  return FLOW.filter((state) => {
    if (state === 'pretreated') return nature.infectious !== 'none';
    if (state === 'washed' || state === 'dried') return nature.washRequired;
    return state !== 'stored';
  });
}

export type StepVerdict =
  | { ok: true }
  | { ok: false; reason: 'missing'; missing: PackState[] }
  | { ok: false; reason: 'already' }
  | { ok: false; reason: 'closed' };

/** May a pack in `state` go to `wanted`? If not: which steps are missing, or that it is too late. */
export function judgeStep(state: PackState, wanted: PackState, nature: PackNature): StepVerdict {
  const flow = flowOf(nature);
  const at = flow.indexOf(state === 'stored' ? 'released' : state);
  const to = flow.indexOf(wanted === 'stored' ? 'released' : wanted);
  if (STEPS[state].includes(wanted)) {
    // Allowed in general; this pack's nature may still demand a step between (pre-treatment, washing).
    const skipped = at >= 0 && to > at + 1 ? flow.slice(at + 1, to) : [];
    return skipped.length === 0 ? { ok: true } : { ok: false, reason: 'missing', missing: skipped };
  }
  if (at === -1) return { ok: false, reason: 'closed' };
  if (to === -1 || to <= at) return { ok: false, reason: 'already' };
  return { ok: false, reason: 'missing', missing: flow.slice(at + 1, to) };
}
