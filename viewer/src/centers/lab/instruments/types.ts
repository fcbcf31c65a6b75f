export interface Instrument {
  id: string;
  code: string;
  name: string;
  nameEn: string;
  model: string | null;
  bench: string;
  driver: string;
  protocol: 'hl7' | 'astm' | 'none';
  sender: string | null;
  address: string | null;
  charset: 'utf-8' | 'gb18030';
  lastSeenAt: string | null;
  active: boolean;
  tests: { testCode: string }[];
}

/** What a code of an analyzer means, and how its unit is converted. */
export interface Mapping {
  id: string;
  instrumentId: string;
  instrument: string;
  bench: string;
  instrumentCode: string;
  testCode: string;
  testName: string;
  testUnit: string | null;
  fromUnit: string | null;
  factor: number;
  unitAssumed: boolean;
  mappedAt: string | null;
  mappedBy: string | null;
  /** Values of this code that wait for a person. */
  waiting: number;
}

/** `1 mg/dL × 0.0555 = 0.0555 mmol/L`; the product without the noise of binary fractions. */
export function converted(value: number, from: string, factor: number, to: string): string {
  return `${value} ${from} × ${factor} = ${Number((value * factor).toPrecision(12))} ${to}`;
}
