/** Answers of `/api/lab/…` as the pages read them. */

export interface Tube {
  id: string;
  barcode: string;
  state: string;
  specimenType: string;
  tubeName: string;
  color: string;
  colorName?: string;
  orderId?: string;
  accessionNumber?: string;
  patientName?: string | null;
  sex?: string | null;
  birthDate?: string | null;
  institutionName?: string;
  itemName?: string;
  priority?: string;
  orderStatus?: string;
  collectedAt: string | null;
  collectedByName?: string | null;
  separatedAt: string | null;
  receivedAt?: string | null;
  rejectionName?: string | null;
  /** Accession number of the order that draws it again. */
  recollection?: string | null;
  rejectionCode?: string | null;
  rejectionNote?: string | null;
  boxCode?: string | null;
  storeRack?: string | null;
  storePosition?: string | null;
  storeUntil?: string | null;
}

export interface OrderTest {
  code: string;
  name: string;
  panel: string;
  state: string;
  value?: string;
  unit?: string | null;
  flag?: string | null;
  range?: string | null;
  released?: boolean;
  preliminary?: boolean;
  organisms?: Organism[] | null;
}

export interface Box {
  id: string;
  code: string;
  state: string;
  fromName: string;
  toName: string;
  courierName: string | null;
  sealNumber: string | null;
  sealIntact: boolean | null;
  tubes: number;
  warmest: number | null;
  coldest: number | null;
  minCelsius: number;
  maxCelsius: number;
  createdAt: string;
  sealedAt: string | null;
  handedAt: string | null;
  arrivedAt: string | null;
}

export interface BoxDetail extends Box {
  containers: Tube[];
  extras?: { barcode: string; state: string | null; foundBy: string | null; foundAt: string }[];
  temperatures: { at: string; celsius: number }[];
}

/** What the analyzer said where a rule changed its unit. */
export interface Conversion {
  value: string;
  unit: string;
  factor: number;
}

export interface ResultValue {
  id: string;
  version: number;
  valueNumber: number | null;
  comparator: string | null;
  valueText: string | null;
  conversion: Conversion | null;
  flag: string | null;
  critical: boolean;
  rangeText: string | null;
  previous: { value: number | null; text: string | null; at: string } | null;
  deltaPercent: number | null;
  deltaFailed: boolean;
  interference: string | null;
  dilution: number | null;
  holds: string[];
  state: string;
  source: string;
  instrument: string | null;
  enteredBy: string | null;
  technicalBy: string | null;
  verifiedBy: string | null;
  rule: string | null;
  note: string | null;
  preliminary?: boolean;
  organisms?: Organism[] | null;
}

export interface Organism {
  name: string;
  quantity?: string;
  contaminant?: boolean;
  susceptibilities: { drug: string; mic?: string; category: 'S' | 'I' | 'R' }[];
}

export interface BenchTest {
  code: string;
  name: string;
  nameEn: string;
  unit: string | null;
  decimals: number;
  resultKind: string;
  choices: string[];
  panel: string;
  state: string;
  holdReason: string | null;
  barcode: string | null;
  result: ResultValue | null;
  earlier: {
    version: number;
    valueNumber: number | null;
    valueText: string | null;
    conversion: Conversion | null;
    enteredAt: string;
    reason: string | null;
  }[];
}

/** A value with its decimals and comparator. */
export function shown(test: Pick<BenchTest, 'decimals'>, result: ResultValue | null): string {
  if (!result) return '';
  return result.valueNumber === null
    ? (result.valueText ?? '')
    : `${result.comparator ?? ''}${result.valueNumber.toFixed(test.decimals)}`;
}

export { arrow } from '../../shell/arrow.ts';
export const toneOf = (flag: string | null | undefined): string =>
  flag === 'HH' || flag === 'LL' ? 'hub-tone-breach' : flag && flag !== 'N' ? 'hub-tone-warn' : '';
