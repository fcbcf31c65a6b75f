/** The stations of the centre, in the order of the flow. */
export const STATIONS = [
  'count',
  'wash',
  'dry',
  'inspect',
  'pack',
  'sterilize',
  'store',
  'dispatch',
] as const;
export type StationKind = (typeof STATIONS)[number];

/** State a pack has when it arrives at the station: what waits there. */
export const WAITS_IN: Record<StationKind, readonly string[]> = {
  count: ['collected', 'pretreated'],
  wash: ['counted'],
  dry: ['washed'],
  inspect: ['dried', 'counted'],
  pack: ['inspected'],
  sterilize: ['packed'],
  store: ['released'],
  dispatch: ['released', 'stored'],
};
