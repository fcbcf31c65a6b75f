export interface ShelfLife {
  shelfLifeDays: number;
  shelfLifeDaysUncontrolled: number;
}

/** Store climate up to which the longer shelf life counts (WS 310.2: at most 24 °C and 70 % relative humidity). */
export const STORE_LIMITS = { temperatureC: 24, humidityPercent: 70 } as const;

export function storeIsControlled(
  climate: { temperatureC: number; humidityPercent: number } | undefined,
): boolean {
  return (
    climate !== undefined &&
    climate.temperatureC <= STORE_LIMITS.temperatureC &&
    climate.humidityPercent <= STORE_LIMITS.humidityPercent
  );
}

/** Last day on which a pack sterilized on `sterilizedOn` may be used; depends on its material, not on its content. */
export function expiresOn(sterilizedOn: string, material: ShelfLife, controlled: boolean): string {
  return addDays(sterilizedOn, controlled ? material.shelfLifeDays : material.shelfLifeDaysUncontrolled);
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Calendar day in China of an instant, `YYYY-MM-DD`. */
export function localDay(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
}

export type ExpiryState = 'valid' | 'soon' | 'expired';

/** `soon` from three days before the end, or a tenth of the shelf life when that is more. */
export function expiryState(expires: string, today: string, sterilizedOn?: string): ExpiryState {
  const left = daysBetween(today, expires);
  if (left < 0) return 'expired';
  const life = sterilizedOn ? daysBetween(sterilizedOn, expires) : 0;
  return left <= Math.max(3, Math.floor(life / 10)) ? 'soon' : 'valid';
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
