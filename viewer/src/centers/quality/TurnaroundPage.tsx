import { useQuery } from '@tanstack/react-query';
import { Segmented, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { Chart } from '../../shell/Chart.tsx';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { SpanPicker } from './SpanPicker.tsx';
import { FigureTable } from './FigureTable.tsx';
import { Breaches } from './turnaround/Breaches.tsx';
import { Forecast } from './turnaround/Forecast.tsx';
import { WhatIf } from './WhatIf.tsx';
import { useSpan } from './useSpan.ts';

const CENTERS = ['imaging', 'ecg', 'lab', 'pathology', 'sterilization'] as const;
interface Segment {
  segment: string;
  institutionName: string | null;
  cases: number;
  medianMinutes: number;
  p90Minutes: number;
}

/** Where the time goes: segments, hours, breaches, and what will breach within the hour. */
export default function TurnaroundPage() {
  const { t } = useTranslation(['quality', 'shell']);
  const [span, setSpan, link] = useSpan();
  const [center, setCenter] = useState<(typeof CENTERS)[number]>('imaging');
  const [bySite, setBySite] = useState(false);
  const query = `${link}&center=${center}`;
  const segments = useQuery({
    queryKey: ['quality', 'segments', query],
    queryFn: () => get<{ items: Segment[] }>(`/api/quality/turnaround?${query}`),
  });
  const sites = useQuery({
    queryKey: ['quality', 'segments', query, 'sites'],
    enabled: bySite,
    queryFn: () => get<{ items: Segment[] }>(`/api/quality/turnaround?${query}&bySite=true`),
  });
  const heat = useQuery({
    queryKey: ['quality', 'heat', query],
    queryFn: () =>
      get<{ items: { weekday: number; hour: number; cases: number; met: number }[] }>(
        `/api/quality/turnaround/heat?${query}`,
      ),
  });
  const rows = segments.data?.items ?? [];
  const weekdays = [1, 2, 3, 4, 5, 6, 7].map((day) => t(`weekday.${day}`));
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.turnaround')}</h1>
        <Segmented
          value={center}
          onChange={setCenter}
          options={CENTERS.map((value) => ({ value, label: t(`area.${value}`) }))}
        />
        <span className="hub-grow" />
        <SpanPicker span={span} onChange={setSpan} />
      </div>
      {segments.isPending ? (
        <Loading />
      ) : segments.isError ? (
        <Failed error={segments.error} retry={() => void segments.refetch()} />
      ) : rows.length === 0 ? (
        <Empty text={t('noCases')} />
      ) : (
        <div className="hub-columns-2">
          <Chart
            title={t('segments')}
            table={{
              columns: [t('column.segment'), t('column.cases'), t('column.median'), t('column.p90')],
              rows: rows.map((row) => [
                t(`segment.${row.segment}`),
                row.cases,
                row.medianMinutes.toFixed(1),
                row.p90Minutes.toFixed(1),
              ]),
            }}
            option={{
              tooltip: { trigger: 'axis' },
              legend: { top: 0, right: 0 },
              grid: { left: 130, right: 24, top: 28, bottom: 32 },
              xAxis: { type: 'value', name: 'min' },
              yAxis: {
                type: 'category',
                inverse: true,
                data: rows.map((row) => t(`segment.${row.segment}`)),
              },
              series: [
                {
                  type: 'bar',
                  name: t('column.median'),
                  data: rows.map((row) => Math.round(row.medianMinutes * 10) / 10),
                },
                {
                  type: 'bar',
                  name: t('column.p90'),
                  data: rows.map((row) => Math.round(row.p90Minutes * 10) / 10),
                },
              ],
            }}
          />
          <Chart
            title={t('heat')}
            table={{
              columns: [t('column.weekday'), t('column.hour'), t('column.cases'), t('column.share')],
              rows: (heat.data?.items ?? []).map((cell) => [
                weekdays[cell.weekday - 1] ?? '',
                cell.hour,
                cell.cases,
                `${Math.round((cell.met / cell.cases) * 100)} %`,
              ]),
            }}
            option={{
              tooltip: { trigger: 'item' },
              grid: { left: 48, right: 16, top: 8, bottom: 56 },
              xAxis: { type: 'category', data: Array.from({ length: 24 }, (_, hour) => `${hour}`) },
              yAxis: { type: 'category', data: weekdays, inverse: true },
              visualMap: {
                min: 50,
                max: 100,
                orient: 'horizontal',
                left: 'center',
                bottom: 0,
                calculable: false,
                itemHeight: 80,
                text: ['100 %', '50 %'],
              },
              series: [
                {
                  type: 'heatmap',
                  data: (heat.data?.items ?? []).map((cell) => [
                    cell.hour,
                    cell.weekday - 1,
                    Math.round((cell.met / cell.cases) * 100),
                  ]),
                },
              ],
            }}
          />
        </div>
      )}
      <div className="hub-bar">
        <Switch checked={bySite} onChange={setBySite} aria-label={t('whatIf.bySite')} /> {t('whatIf.bySite')}
      </div>
      {bySite && (
        <FigureTable<Segment>
          title={t('whatIf.bySite')}
          rows={sites.data?.items}
          error={sites.error}
          rowKey={(row) => `${row.segment} ${row.institutionName ?? ''}`}
          empty={t('noCases')}
          columns={[
            { title: t('column.site'), text: (row) => row.institutionName },
            { title: t('column.segment'), text: (row) => t(`segment.${row.segment}`) },
            { title: t('column.cases'), number: true, text: (row) => row.cases },
            {
              title: t('column.median'),
              number: true,
              text: (row) => Math.round(row.medianMinutes * 10) / 10,
            },
            { title: t('column.p90'), number: true, text: (row) => Math.round(row.p90Minutes * 10) / 10 },
          ]}
        />
      )}
      <WhatIf span={span} center={center} />
      <Forecast center={center} />
      <Breaches query={query} />
    </div>
  );
}
