export interface Material {
  id: string;
  name: string;
  manufacturer: string | null;
  level: number;
  lot: string;
  barcode: string | null;
  expiresOn: string;
  active: boolean;
}
export interface Target {
  id: string;
  materialId: string;
  testCode: string;
  testName: string;
  instrumentId: string;
  instrument: string;
  material: string;
  level: number;
  lot: string;
  mode: string;
  mean: number | null;
  sd: number | null;
  parallel: boolean;
  unit: string | null;
  active: boolean;
}
export type Use = 'reject' | 'warning' | 'off';
export interface Setup {
  materials: Material[];
  targets: Target[];
  plans: { testCode: string; rules: Record<string, Use>; validHours: number; levels: number }[];
  defaultRules: Record<string, Use>;
}
export const RULES = ['1-2s', '1-3s', '2-2s', 'R-4s', '4-1s', '10x', '3-1s', '7T'] as const;
export const MODES = ['fixed', 'first-20', 'rolling'] as const;
