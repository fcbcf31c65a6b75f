import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart } from '../../../shell/Chart.tsx';
import type { LoadDetail } from '../types.ts';

/** Temperature and pressure over the minutes of a cycle; the band of the programme is drawn as lines. */
export function CycleCurve({
  curve,
  programme,
}: {
  curve: NonNullable<NonNullable<LoadDetail['cycle']>['curve']>;
  programme: Pick<LoadDetail['programme'], 'setTemperatureC' | 'bandC' | 'minPressureKpa' | 'maxPressureKpa'>;
}) {
  const { t } = useTranslation('sterilization');
  const option = useMemo(() => {
    const low = programme.setTemperatureC;
    const limits = low === null ? [] : [low, low + programme.bandC];
    const pressures = [programme.minPressureKpa, programme.maxPressureKpa].filter((one) => one !== null);
    const lines = (values: number[], unit: string, position: 'insideStartTop' | 'insideEndTop') => ({
      symbol: 'none' as const,
      silent: true,
      lineStyle: { type: 'dashed' as const },
      label: { position, formatter: (one: { value: unknown }) => `${String(one.value)} ${unit}` },
      data: values.map((value) => ({ yAxis: value })),
    });
    return {
      legend: { top: 0 },
      tooltip: { trigger: 'axis' as const },
      xAxis: { type: 'value' as const, name: 'min', max: Math.ceil((curve.at(-1)?.s ?? 60) / 60) },
      yAxis: [
        { type: 'value' as const, name: '℃' },
        { type: 'value' as const, name: 'kPa' },
      ],
      series: [
        {
          name: t('parameter.temperature'),
          type: 'line' as const,
          showSymbol: false,
          data: curve.map((point) => [point.s / 60, point.temperatureC]),
          markLine: lines(limits, '℃', 'insideStartTop'),
        },
        {
          name: t('parameter.pressure'),
          type: 'line' as const,
          yAxisIndex: 1,
          showSymbol: false,
          lineStyle: { type: 'dotted' as const },
          markLine: lines(pressures, 'kPa', 'insideEndTop'),
          data: curve.flatMap((point) =>
            point.pressureKpa === undefined ? [] : [[point.s / 60, point.pressureKpa]],
          ),
        },
      ],
      grid: { left: 48, right: 48, top: 36, bottom: 32 },
    };
  }, [curve, programme, t]);
  return (
    <Chart
      title={t('load.curve')}
      option={option}
      height={260}
      table={{
        columns: ['s', '℃', 'kPa'],
        rows: curve.map((point) => [point.s, point.temperatureC, point.pressureKpa ?? null]),
      }}
    />
  );
}
