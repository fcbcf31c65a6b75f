import { Drawer } from 'antd';
import { useTranslation } from 'react-i18next';
import { Chart } from '../../shell/Chart.tsx';
import { chartTime, dateTime } from '../../shell/format.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { Link } from 'react-router';
import { parseRange, type CumulativePoint } from './cumulative.ts';
import { useLab } from './useLab.ts';
import { unitText } from './unitText.ts';

/** A patient's values of one test over time, the hub's and those signed elsewhere. */
export function CumulativeDrawer({
  patientId,
  testCode,
  onClose,
}: {
  patientId: string;
  testCode: string | null;
  onClose: () => void;
}) {
  const { t } = useTranslation('lab');
  const points = useLab<{ items: CumulativePoint[] }>(
    `lab/patients/${patientId}/cumulative?tests=${encodeURIComponent(testCode ?? '')}`,
    testCode !== null,
  );
  const items = [...(points.data?.items ?? [])].reverse();
  const first = items[0];
  return (
    <Drawer
      open={testCode !== null}
      onClose={onClose}
      size={560}
      title={first ? `${first.name}${first.unit ? ` (${unitText(first.unit)})` : ''}` : t('trend')}
      extra={<Link to={`/lab/patients/${patientId}`}>{t('cumulative.all')}</Link>}
    >
      {points.isPending && testCode !== null ? (
        <Loading />
      ) : points.isError ? (
        <Failed error={points.error} />
      ) : items.length === 0 ? (
        <Empty text={t('noHistory')} />
      ) : (
        <Chart
          title={t('trend')}
          height={280}
          option={{
            xAxis: { type: 'time' },
            yAxis: { type: 'value', scale: true },
            tooltip: { trigger: 'axis' },
            series: [
              {
                type: 'line',
                name: first?.name ?? '',
                data: items.filter((one) => one.value !== null).map((one) => [chartTime(one.at), one.value]),
                markLine: {
                  silent: true,
                  symbol: 'none',
                  data: parseRange(items.at(-1)?.range ?? null).map((value) => ({ yAxis: value })),
                },
              },
            ],
          }}
          table={{
            columns: [t('col.at'), t('col.value'), t('col.range'), t('col.source')],
            rows: items.map((one) => [
              dateTime(one.at),
              one.text ?? one.value,
              one.range ?? '',
              one.source === 'hub' ? (one.accessionNumber ?? '') : t('external'),
            ]),
          }}
        />
      )}
    </Drawer>
  );
}
