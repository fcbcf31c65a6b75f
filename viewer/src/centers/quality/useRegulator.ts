import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/client.ts';
import type { DaySpan } from './useSpan.ts';

export interface TownRow {
  institutionName: string;
  kind: string;
  orders: number;
  imaging: number;
  ecg: number;
  lab: number;
  pathology: number;
  sterilization: number;
  villagesActive: number;
  villages: number;
}

export interface RegulatorFigures {
  volume: { center: string; orders: number; signed: number; forMembers: number }[];
  matrix: TownRow[];
  indicators: { code: string; numerator: number; denominator: number }[];
  critical: { found: number; acknowledged: number };
  coverage: {
    townships: number;
    townshipsActive: number;
    centersRunning: number;
    villages: number;
    villagesEcg: number;
  };
}

export function useRegulator(span: DaySpan) {
  return useQuery({
    queryKey: ['quality', 'regulator', span],
    queryFn: () => get<RegulatorFigures>(`/api/quality/regulator?from=${span.from}&to=${span.to}`),
    refetchInterval: 60_000,
  });
}

/** Indicators together: share in percent (null when nothing was counted), the cases it stands on and both as text. */
export function shareOf(figures: RegulatorFigures, ...codes: string[]) {
  const rows = figures.indicators.filter((row) => codes.includes(row.code));
  const numerator = rows.reduce((sum, row) => sum + row.numerator, 0);
  const cases = rows.reduce((sum, row) => sum + row.denominator, 0);
  return { value: cases > 0 ? (numerator / cases) * 100 : null, cases, period: `${numerator} / ${cases}` };
}
