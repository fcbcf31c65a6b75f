/** Letters at right, bottom, left and top of an image (PS3.3 C.7.6.1.1.1): L R, A P, H F. */
export interface OrientationLetters {
  right: string;
  bottom: string;
  left: string;
  top: string;
}
type Vector = [number, number, number];

const negative = (v: Vector): Vector => [-v[0], -v[1], -v[2]];

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

/** Orientation as shown after flips and a clockwise rotation in degrees. */
export function orientationLetters(
  imageOrientation: readonly number[],
  view: { rotation: number; flipHorizontal: boolean; flipVertical: boolean },
): OrientationLetters | null {
  if (imageOrientation.length !== 6) return null;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = imageOrientation;
  let right: Vector = [a, b, c];
  let down: Vector = [d, e, f];
  if (view.flipHorizontal) right = negative(right);
  if (view.flipVertical) down = negative(down);
  const turns = ((Math.round(view.rotation / 90) % 4) + 4) % 4;
  for (let i = 0; i < turns; i += 1) [right, down] = [negative(down), right];
  return {
    right: letters(right),
    bottom: letters(down),
    left: letters(negative(right)),
    top: letters(negative(down)),
  };
}
