import { Drawer } from 'antd';
import { useTranslation } from 'react-i18next';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { Link } from 'react-router';
import { rowsOf, type CumulativePoint } from './cumulative.ts';
import { TrendPlot } from './TrendPlot.tsx';
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
  const first = rowsOf(points.data?.items ?? [])[0];
  return (
    <Drawer
      open={testCode !== null}
      onClose={onClose}
      size={820}
      title={first ? `${first.name}${first.unit ? ` (${unitText(first.unit)})` : ''}` : t('trend')}
      extra={<Link to={`/lab/patients/${patientId}`}>{t('cumulative.all')}</Link>}
    >
      {points.isPending && testCode !== null ? (
        <Loading />
      ) : points.isError ? (
        <Failed error={points.error} />
      ) : !first ? (
        <Empty text={t('noHistory')} />
      ) : (
        <TrendPlot points={first.points} />
      )}
    </Drawer>
  );
}
