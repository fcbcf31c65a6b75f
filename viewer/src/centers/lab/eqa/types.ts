export interface Result {
  sample: string;
  testCode: string;
  testName: string;
  value: string | null;
  target: number | null;
  allowedPercent: number | null;
  acceptable: boolean | null;
}
export interface Round {
  id: string;
  organizer: string;
  scheme: string;
  name: string;
  range: string;
  state: 'open' | 'submitted' | 'scored';
  dueAt: string;
  submittedAt: string | null;
  validFrom: string | null;
  validTo: string | null;
  tests: { testCode: string; samples: number; score: number | null; passed: boolean }[];
  results: Result[];
  evidence: {
    itemCode: string;
    name: string;
    recognitionRange: string;
    validFrom: string;
    validTo: string;
    revokedAt: string | null;
  }[];
}
export const RANGES = ['national', 'region', 'province', 'city', 'county'] as const;
