import { centerKinds, type CenterKind } from './api/types.ts';

const key = 'hub.center';

/** The centre whose cases this workstation opened last. */
export const lastCenter = {
  get: (): CenterKind | undefined => centerKinds.find((kind) => kind === localStorage.getItem(key)),
  set: (kind: CenterKind): void => localStorage.setItem(key, kind),
};
