import { dateOnly } from '../../shell/format.ts';

/** The day so many days ago in China, wherever the browser stands: `2026-11-22`. */
export const daysAgo = (days: number): string =>
  dateOnly(new Date(Date.now() - days * 86_400_000).toISOString());
