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

/** Share of an indicator in percent, or null when nothing was counted. */
export function shareOf(figures: RegulatorFigures, ...codes: string[]): number | null {
  const rows = figures.indicators.filter((row) => codes.includes(row.code));
  const denominator = rows.reduce((sum, row) => sum + row.denominator, 0);
  return denominator > 0 ? (rows.reduce((sum, row) => sum + row.numerator, 0) / denominator) * 100 : null;
}
