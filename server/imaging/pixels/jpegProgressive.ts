/** Retired: spectral selection (processes 6 and 8), full progression (10 and 12). */
export const JPEG_PROGRESSIVE: ReadonlySet<string> = new Set([
  '1.2.840.10008.1.2.4.53',
  '1.2.840.10008.1.2.4.55',
]);
