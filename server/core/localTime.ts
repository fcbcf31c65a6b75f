const ZONE_MS = 8 * 3_600_000;

/** `2026-11-22 10:32` in Asia/Shanghai (UTC+8, no summer time). */
export const localDateTime = (at: Date): string =>
  new Date(at.getTime() + ZONE_MS).toISOString().slice(0, 16).replace('T', ' ');
