export interface Measurement {
  uid: string;
  tool: string;
  seriesUid: string;
  sopInstanceUid: string;
  seriesNumber: number;
  imageNumber: number;
  frame: number | null;
  values: { quantity: string; value: number; unit: string }[];
  words: string;
  label: string;
  role?: 'heart' | 'chest' | undefined;
}

export interface Ratio {
  value: number;
  heart: number;
  chest: number;
  unit: string;
}
