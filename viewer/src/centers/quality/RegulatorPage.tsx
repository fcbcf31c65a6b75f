import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Chart } from '../../shell/Chart.tsx';
import { ExportButton } from '../../shell/ExportButton.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { RegulatorFigureRow } from './RegulatorFigureRow.tsx';
import { SpanPicker } from './SpanPicker.tsx';
import { TownMatrix } from './TownMatrix.tsx';
import { useRegulator, type TownRow } from './useRegulator.ts';
import { useSpan } from './useSpan.ts';

/** 卫健局: coverage, volume, on-time share, recognition and critical values by township. */
export default function RegulatorPage() {
  const { t } = useTranslation(['quality', 'shell']);
  const [span, setSpan, link] = useSpan();
  const figures = useRegulator(span);
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.regulator')}</h1>
        <span className="hub-grow" />
        <SpanPicker span={span} onChange={setSpan} />
        <Link to="/quality/wall">
          <Button>{t('wall')}</Button>
        </Link>
        <ExportButton
          name={t('nav.regulator')}
          rows={figures.data?.matrix ?? []}
          columns={[
            { title: t('column.site'), text: (row: TownRow) => row.institutionName },
            ...(['imaging', 'ecg', 'lab', 'pathology', 'sterilization', 'orders'] as const).map((key) => ({
              title: key === 'orders' ? t('column.total') : t(`area.${key}`),
              text: (row: TownRow) => String(row[key]),
            })),
          ]}
        />
      </div>
      {figures.isPending ? (
        <Loading />
      ) : figures.isError ? (
        <Failed error={figures.error} retry={() => void figures.refetch()} />
      ) : (
        <>
          <RegulatorFigureRow figures={figures.data} link={link} />
          <Chart
            title={t('regulator.volume')}
            height={220}
            table={{
              columns: [t('column.center'), t('column.orders'), t('column.signed'), t('column.forMembers')],
              rows: figures.data.volume.map((row) => [
                t(`area.${row.center}`),
                row.orders,
                row.signed,
                row.forMembers,
              ]),
            }}
            option={{
              tooltip: { trigger: 'axis' },
              legend: { top: 0, right: 0 },
              xAxis: { type: 'category', data: figures.data.volume.map((row) => t(`area.${row.center}`)) },
              yAxis: { type: 'value' },
              series: [
                { type: 'bar', name: t('column.orders'), data: figures.data.volume.map((row) => row.orders) },
                { type: 'bar', name: t('column.signed'), data: figures.data.volume.map((row) => row.signed) },
              ],
            }}
          />
          <TownMatrix rows={figures.data.matrix} />
        </>
      )}
    </div>
  );
}
