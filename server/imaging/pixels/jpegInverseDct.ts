/** Place of each coefficient of the zigzag order in its block (ITU-T T.81 Figure A.6). */
// prettier-ignore
const ZIGZAG = [
   0,  1,  8, 16,  9,  2,  3, 10, 17, 24, 32, 25, 18, 11,  4,  5,
  12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13,  6,  7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
  58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/** cos((2x + 1) u π / 16) with the factor of u, by x and u (T.81 §A.3.3). */
const BASIS = Float64Array.from({ length: 64 }, (_, i) => {
  const [x, u] = [i >> 3, i & 7];
  return (Math.cos(((2 * x + 1) * u * Math.PI) / 16) * (u === 0 ? Math.SQRT1_2 : 1)) / 2;
});

const block = new Float64Array(64);
const rows = new Float64Array(64);

/** Dequantizes 64 coefficients in zigzag order from `at` on and transforms them to samples around zero. */
export function inverseDct(coefficients: Int32Array, at: number, table: Int32Array, out: Float64Array): void {
  block.fill(0);
  let last = 0;
  for (let k = 0; k < 64; k++) {
    const value = coefficients[at + k] ?? 0;
    if (value === 0) continue;
    block[ZIGZAG[k] ?? 0] = value * (table[k] ?? 1);
    last = k;
  }
  if (last === 0) {
    out.fill((block[0] ?? 0) / 8);
    return;
  }
  for (let v = 0; v < 8; v++)
    for (let x = 0; x < 8; x++) {
      let sum = 0;
      for (let u = 0; u < 8; u++) sum += (block[v * 8 + u] ?? 0) * (BASIS[x * 8 + u] ?? 0);
      rows[v * 8 + x] = sum;
    }
  for (let y = 0; y < 8; y++)
    for (let x = 0; x < 8; x++) {
      let sum = 0;
      for (let v = 0; v < 8; v++) sum += (rows[v * 8 + x] ?? 0) * (BASIS[y * 8 + v] ?? 0);
      out[y * 8 + x] = sum;
    }
}
