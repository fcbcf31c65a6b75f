import { useQuery } from '@tanstack/react-query';
import { Segmented, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { get } from '../../api/client.ts';
import { has } from '../../shell/access.ts';
import { Chart } from '../../shell/Chart.tsx';
import { ExportButton } from '../../shell/ExportButton.tsx';
import { dateTime } from '../../shell/format.ts';
import { useSession } from '../../shell/session.tsx';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { SpanPicker } from './SpanPicker.tsx';
import { percent, type CaseRow, type IndicatorFigure, type SiteFigure } from './types.ts';
import { useSpan } from './useSpan.ts';

/** One indicator: funnel plot of sites, months, and the cases behind it. */
export default function IndicatorPage() {
  const { t, i18n } = useTranslation(['quality', 'shell']);
  const { code = '' } = useParams();
  const session = useSession();
  const [span, setSpan, link] = useSpan();
  const [met, setMet] = useState<'all' | 'true' | 'false'>('all');
  const seesCases = has(session, 'quality', 'center-head');
  const facts = useQuery({
    queryKey: ['quality', 'indicators', span],
    queryFn: () => get<{ items: IndicatorFigure[] }>(`/api/quality/indicators?${link}`),
  });
  const sites = useQuery({
    queryKey: ['quality', code, 'sites', span],
    queryFn: () =>
      get<{ share: number | null; items: SiteFigure[] }>(`/api/quality/indicators/${code}/sites?${link}`),
  });
  const trend = useQuery({
    queryKey: ['quality', code, 'trend', span.to],
    queryFn: () =>
      get<{ items: { month: string; numerator: number; denominator: number }[] }>(
        `/api/quality/indicators/${code}/trend?to=${span.to}`,
      ),
  });
  const cases = useQuery({
    queryKey: ['quality', code, 'cases', span, met],
    queryFn: () =>
      get<{ items: CaseRow[] }>(
        `/api/quality/indicators/${code}/cases?${link}${met === 'all' ? '' : `&met=${met}`}`,
      ),
    enabled: seesCases,
  });
  const indicator = facts.data?.items.find((row) => row.code === code);
  const rows = sites.data?.items ?? [];
  const months = trend.data?.items ?? [];
  const line = (key: 'low95' | 'high95' | 'low998' | 'high998') =>
    [...rows]
      .sort((a, b) => a.denominator - b.denominator)
      .map((row) => [row.denominator, (row.limits?.[key] ?? 0) * 100]);
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <Link to={`/quality?${link}`}>{t('title')}</Link>
        <h1 className="hub-title">
          {indicator ? (i18n.language === 'en-US' ? indicator.nameEn : indicator.name) : code}
        </h1>
        <span className="hub-grow" />
        <SpanPicker span={span} onChange={setSpan} />
      </div>
      {indicator && (
        <p className="hub-quiet">
          {indicator.formula} · {t(`mark.${indicator.mark}`)} ·{' '}
          {t('definition', { version: indicator.version })}
        </p>
      )}
      {sites.isPending ? (
        <Loading />
      ) : sites.isError ? (
        <Failed error={sites.error} retry={() => void sites.refetch()} />
      ) : rows.length === 0 ? (
        <Empty text={t('noCases')} />
      ) : (
        <div className="hub-columns-2">
          <Chart
            title={t('funnel')}
            height={300}
            table={{
              columns: [
                t('column.site'),
                t('column.numerator'),
                t('column.denominator'),
                t('column.share'),
                t('column.interval'),
              ],
              rows: rows.map((row) => [
                row.institutionName,
                row.numerator,
                row.denominator,
                percent(row.share),
                `${percent(row.low)} – ${percent(row.high)}`,
              ]),
            }}
            option={{
              tooltip: { trigger: 'item' },
              xAxis: { type: 'value', name: t('column.denominator'), nameLocation: 'middle', nameGap: 24 },
              yAxis: { type: 'value', min: 0, max: 100, name: '%' },
              series: [
                {
                  type: 'scatter',
                  name: t('column.site'),
                  symbolSize: 9,
                  data: rows.map((row) => ({
                    name: row.institutionName,
                    value: [row.denominator, (row.share ?? 0) * 100],
                  })),
                },
                ...(['low95', 'high95'] as const).map((key) => ({
                  type: 'line' as const,
                  name: '95 %',
                  data: line(key),
                  showSymbol: false,
                  lineStyle: { type: 'dashed' as const, width: 1 },
                })),
                ...(['low998', 'high998'] as const).map((key) => ({
                  type: 'line' as const,
                  name: '99.8 %',
                  data: line(key),
                  showSymbol: false,
                  lineStyle: { width: 1 },
                })),
              ],
            }}
          />
          <Chart
            title={t('trend')}
            height={300}
            table={{
              columns: [t('column.month'), t('column.numerator'), t('column.denominator'), t('column.share')],
              rows: months.map((row) => [
                row.month,
                row.numerator,
                row.denominator,
                percent(row.denominator ? row.numerator / row.denominator : null),
              ]),
            }}
            option={{
              tooltip: { trigger: 'axis' },
              xAxis: { type: 'category', data: months.map((row) => row.month) },
              yAxis: { type: 'value', min: 0, max: 100, name: '%' },
              series: [
                {
                  type: 'line',
                  data: months.map((row) =>
                    row.denominator ? Math.round((row.numerator / row.denominator) * 1000) / 10 : null,
                  ),
                  ...(indicator?.target != null && {
                    markLine: { silent: true, data: [{ yAxis: indicator.target * 100 }] },
                  }),
                },
              ],
            }}
          />
        </div>
      )}
      {seesCases && (
        <>
          <div className="hub-bar">
            <h2 className="hub-subtitle">{t('cases')}</h2>
            <Segmented
              value={met}
              onChange={setMet}
              options={(['all', 'true', 'false'] as const).map((value) => ({
                value,
                label: t(`met.${value}`),
              }))}
            />
            <span className="hub-grow" />
            <ExportButton
              name={code}
              rows={cases.data?.items ?? []}
              columns={[
                { title: t('shell:column.accession'), text: (row: CaseRow) => row.accessionNumber },
                { title: t('shell:column.institution'), text: (row) => row.institutionName },
                { title: t('column.item'), text: (row) => row.itemName },
                { title: t('column.at'), text: (row) => dateTime(row.at) },
                { title: t('column.met'), text: (row) => t(`met.${row.met}`) },
              ]}
            />
          </div>
          {cases.isError ? (
            <Failed error={cases.error} retry={() => void cases.refetch()} />
          ) : (
            <Table<CaseRow>
              size="small"
              loading={cases.isPending}
              rowKey={(row) => row.orderId + row.at}
              dataSource={cases.data?.items ?? []}
              pagination={false}
              locale={{ emptyText: t('noCases') }}
              columns={[
                {
                  title: t('shell:column.accession'),
                  render: (_, row) => <Link to={`/orders/${row.orderId}`}>{row.accessionNumber}</Link>,
                },
                { title: t('shell:column.patient'), dataIndex: 'patientName' },
                { title: t('shell:column.institution'), dataIndex: 'institutionName' },
                { title: t('column.item'), dataIndex: 'itemName' },
                { title: t('column.at'), render: (_, row) => dateTime(row.at) },
                {
                  title: t('column.met'),
                  render: (_, row) => (
                    <span className={row.met ? '' : 'hub-tone-breach'}>{t(`met.${row.met}`)}</span>
                  ),
                },
              ]}
            />
          )}
        </>
      )}
    </div>
  );
}
