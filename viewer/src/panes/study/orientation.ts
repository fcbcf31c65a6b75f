/** Letters at right, bottom, left and top of an image (PS3.3 C.7.6.1.1.1): L R, A P, H F. */
export interface OrientationLetters {
  right: string;
  bottom: string;
  left: string;
  top: string;
}
type Vector = [number, number, number];

/** Strongest directions of a vector in the patient: `L`, `LA`; components below 0.3 of the length are left out. */
export function letters(vector: Vector): string {
  const names: [string, string][] = [
    ['L', 'R'],
    ['P', 'A'],
    ['H', 'F'],
  ];
  return vector
    .map((value, index) => ({ size: Math.abs(value), name: names[index]?.[value > 0 ? 0 : 1] ?? '' }))
    .filter((each) => each.size > 0.3)
    .sort((a, b) => b.size - a.size)
    .map((each) => each.name)
    .join('')
    .slice(0, 2);
}

const opposites: Record<string, string> = { L: 'R', R: 'L', A: 'P', P: 'A', H: 'F', F: 'H' };
const opposite = (side: string): string => [...side].map((each) => opposites[each] ?? '').join('');

/**
 * Orientation as shown after flips and a clockwise rotation in degrees. A projection has no cosines: its Patient
 * Orientation says where its rows and columns go.
 */
export function orientationLetters(
  imageOrientation: readonly number[],
  view: { rotation: number; flipHorizontal: boolean; flipVertical: boolean },
  patientOrientation: readonly unknown[] = [],
): OrientationLetters | null {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = imageOrientation;
  let [right = '', down = ''] =
    imageOrientation.length === 6
      ? [letters([a, b, c]), letters([d, e, f])]
      : patientOrientation.map((each) => String(each).trim());
  if (![right, down].every((each) => /^[LRAPHF]{1,3}$/.test(each))) return null;
  if (view.flipHorizontal) right = opposite(right);
  if (view.flipVertical) down = opposite(down);
  const turns = ((Math.round(view.rotation / 90) % 4) + 4) % 4;
  for (let i = 0; i < turns; i += 1) [right, down] = [opposite(down), right];
  return { right, bottom: down, left: opposite(right), top: opposite(down) };
}
