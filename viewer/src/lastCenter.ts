const key = 'hub.center';

/** The centre whose cases this workstation opened last. */
export const lastCenter = {
  get: (): string | null => localStorage.getItem(key),
  set: (kind: string): void => localStorage.setItem(key, kind),
};
