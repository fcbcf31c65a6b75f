const key = 'hub.ecg.pxPerMm';
/** CSS pixels of a millimetre where nobody has measured: 96 dpi. */
export const nominalPxPerMm = 96 / 25.4;

/** Pixels per millimetre of this screen, measured once with a bank card (85.6 mm). */
export function readCalibration(): { pxPerMm: number; measured: boolean } {
  const stored = Number(localStorage.getItem(key));
  return stored > 1.5 && stored < 15
    ? { pxPerMm: stored, measured: true }
    : { pxPerMm: nominalPxPerMm, measured: false };
}

export function keepCalibration(pxPerMm: number): void {
  localStorage.setItem(key, String(pxPerMm));
}

export const cardMm = 85.6;
