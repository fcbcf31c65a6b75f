/** What a plane is called, by its label and its description; once where they say the same. */
export const wordsOfPlane = ({ label, description }: { label: string; description: string }): string =>
  [...new Set([label.trim(), description.trim()])].filter(Boolean).join(' ');

/** Column and row of the first pixel that is set, row by row; the corner where none is. */
export function firstPixel({
  bits,
  columns,
  rows,
}: {
  bits: Uint8Array;
  columns: number;
  rows: number;
}): [number, number] {
  for (let pixel = 0; pixel < rows * columns; pixel += 1)
    if (((bits[pixel >> 3] ?? 0) >> (pixel & 7)) & 1) return [pixel % columns, Math.floor(pixel / columns)];
  return [0, 0];
}
