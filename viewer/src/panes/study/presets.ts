export interface WindowPreset {
  key: string;
  /** Key in the imaging namespace: `window.lung`. */
  name: string;
  width: number;
  center: number;
  /** Width is a factor of the device's own window, centre a shift in its widths. */
  relative?: boolean;
}

const ct: WindowPreset[] = [
  { key: '1', name: 'lung', width: 1500, center: -600 },
  { key: '2', name: 'mediastinum', width: 350, center: 40 },
  { key: '3', name: 'bone', width: 2000, center: 500 },
  { key: '4', name: 'brain', width: 80, center: 40 },
  { key: '5', name: 'stroke', width: 40, center: 40 },
  { key: '6', name: 'abdomen', width: 350, center: 50 },
  { key: '7', name: 'liver', width: 150, center: 70 },
  { key: '8', name: 'subdural', width: 200, center: 75 },
];
/** Grey values of these mean nothing across devices: presets start from the device's window. */
const relative: WindowPreset[] = [
  { key: '2', name: 'moreContrast', width: 0.6, center: 0, relative: true },
  { key: '3', name: 'lessContrast', width: 1.6, center: 0, relative: true },
  { key: '4', name: 'brighter', width: 1, center: -0.15, relative: true },
  { key: '5', name: 'darker', width: 1, center: 0.15, relative: true },
];
const relatively = new Set(['DX', 'CR', 'MG', 'RG', 'RF', 'XA', 'IO', 'PX', 'MR']);

/** Window presets of a modality; `0` is always the device's own window, `9` fits the image's values. */
export function windowPresets(modality: string): readonly WindowPreset[] {
  if (modality === 'CT') return ct;
  return relatively.has(modality) ? relative : [];
}
