const key = 'hub.ecg.devicePxPerMm';
/** CSS pixels of a millimetre where nobody has measured: 96 dpi. */
export const nominalPxPerMm = 96 / 25.4;

/**
 * CSS pixels per millimetre of this screen, measured once with a bank card (85.6 mm). Kept as pixels of the screen: the
 * zoom of the browser changes how many of them a CSS pixel has, a millimetre it does not.
 */
export function readCalibration(): { pxPerMm: number; measured: boolean } {
  const pxPerMm = Number(localStorage.getItem(key)) / devicePixelRatio;
  return pxPerMm > 0.5 && pxPerMm < 40
    ? { pxPerMm, measured: true }
    : { pxPerMm: nominalPxPerMm, measured: false };
}

export function keepCalibration(pxPerMm: number): void {
  localStorage.setItem(key, String(pxPerMm * devicePixelRatio));
}

export const cardMm = 85.6;
