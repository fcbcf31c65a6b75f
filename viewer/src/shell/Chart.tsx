import { Button, Skeleton, Table } from 'antd';
import type { EChartsOption, EChartsType } from 'echarts';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePreferences } from './preferences.tsx';
import { chartColors, fontFamily, palette } from './theme.ts';

/** Fetched with the first chart that is shown: 1 MB that a page without charts, whose chunk may hold this file, never needs. */
const loadDrawing = () => import('echarts');

export interface ChartTable {
  columns: string[];
  rows: (string | number | null)[][];
}

interface Props {
  title: string;
  option: EChartsOption;
  /** The same numbers as a table, one click away. */
  table: ChartTable;
  height?: number;
  onPick?: (params: { seriesName?: string; name: string; dataIndex: number }) => void;
}

/** ECharts in colours that are told apart with colour blindness, with its table. Loaded when first shown. */
export function Chart({ title, option, table, height = 240, onPick }: Props) {
  const { t } = useTranslation('shell');
  const { mode } = usePreferences();
  const [asTable, setAsTable] = useState(false);
  const [drawn, setDrawn] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const pick = useRef(onPick);
  useEffect(() => {
    pick.current = onPick;
  });

  const current = useRef<EChartsType>(null);
  const wanted = useRef(option);

  useEffect(() => {
    const element = place.current;
    if (asTable || !element) return;
    let stop = () => {};
    let gone = false;
    void loadDrawing().then(
      (echarts) => {
        if (gone) return;
        setDrawn(true);
        const c = palette[mode];
        // Axes, legends and lines have colours of their own, which follow the theme and not the text style.
        const chart = echarts.init(element, mode === 'dark' ? 'dark' : null, { renderer: 'canvas' });
        chart.setOption({
          color: [...chartColors],
          textStyle: { fontFamily, color: c.text },
          backgroundColor: 'transparent',
          animation: false,
          useUTC: true, // times come as the clock of Asia/Shanghai (`chartTime`)
          darkMode: mode === 'dark', // ink and border of labels on lines
          aria: { enabled: true },
          grid: { left: 48, right: 16, top: 28, bottom: 32 },
          ...wanted.current,
        });
        chart.on('click', (params) => {
          pick.current?.({
            name: params.name,
            dataIndex: params.dataIndex,
            ...(params.seriesName ? { seriesName: params.seriesName } : {}),
          });
        });
        current.current = chart;
        const observer = new ResizeObserver(() => chart.resize());
        observer.observe(element);
        stop = () => {
          observer.disconnect();
          chart.dispose();
          current.current = null;
        };
      },
      () => !gone && setAsTable(true),
    ); // the line broke before the drawing code came: the numbers are there
    return () => {
      gone = true;
      stop();
    };
  }, [mode, asTable]);

  // New figures are drawn into the same chart: what a person zoomed to stays.
  useEffect(() => {
    wanted.current = option;
    current.current?.setOption(option, { replaceMerge: ['series'] });
  }, [option]);

  return (
    <figure className="hub-chart">
      <figcaption>
        <span>{title}</span>
        <Button size="small" type="link" onClick={() => setAsTable(!asTable)}>
          {asTable ? t('chart.chart') : t('chart.table')}
        </Button>
      </figcaption>
      {asTable ? (
        <Table
          size="small"
          pagination={false}
          scroll={{ y: height - 40, x: 'max-content' }}
          rowKey={(row) => row.join('|')}
          dataSource={table.rows}
          columns={table.columns.map((name, index) => ({
            title: name,
            render: (_: unknown, row: (string | number | null)[]) => row[index] ?? '—',
          }))}
        />
      ) : (
        <div className="hub-chart-place" style={{ height }} aria-busy={!drawn}>
          {!drawn && <Skeleton title={false} paragraph={{ rows: 5, width: '100%' }} />}
          <div ref={place} style={{ height }} role="img" aria-label={title} />
        </div>
      )}
    </figure>
  );
}
