export interface IndicatorFigure {
  code: string;
  version: number;
  name: string;
  nameEn: string;
  center: string;
  better: 'up' | 'down';
  target: number | null;
  mark: 'N' | 'L' | 'P';
  formula: string;
  formulaEn: string;
  numerator: number;
  denominator: number;
}

export interface SiteFigure {
  institutionId: string;
  institutionName: string;
  numerator: number;
  denominator: number;
  share: number | null;
  low: number | null;
  high: number | null;
  limits: { low95: number; high95: number; low998: number; high998: number } | null;
}

export interface CaseRow {
  /** null: a case without an order (a control run, a load). */
  orderId: string | null;
  at: string;
  met: boolean;
  accessionNumber: string | null;
  itemName: string | null;
  status: string | null;
  patientName: string | null;
  institutionName: string;
}

/** Share in percent with one decimal; a dash when nothing was counted. */
export const percent = (share: number | null): string =>
  share === null ? '—' : `${(share * 100).toFixed(1)} %`;

/** The formula of an indicator in the language of the page. */
export const formulaOf = (row: { formula: string; formulaEn: string }, language: string): string =>
  language === 'en-US' ? row.formulaEn : row.formula;
