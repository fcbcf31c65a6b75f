import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { FigureTable } from './FigureTable.tsx';
import { SpanPicker } from './SpanPicker.tsx';
import { percent } from './types.ts';
import { useSpan } from './useSpan.ts';

interface Interval {
  share: number | null;
  low: number | null;
  high: number | null;
}
interface Agreement {
  name: string;
  version: string;
  cases: number;
  bothPositive: number;
  onlyAlgorithm: number;
  onlyDoctor: number;
  bothNegative: number;
  agreed: number;
  partly: number;
  disagreed: number;
  kappa: number | null;
  sensitivity: Interval;
  specificity: Interval;
  accepted: Interval;
}
interface Algorithm {
  id: string;
  name: string;
  version: string;
  vendor: string;
  intendedUse: string;
  registrationNumber: string | null;
  center: string;
  modalities: string[];
  mayRaisePriority: boolean;
  active: boolean;
  done: number;
  waiting: number;
  failed: number;
  lastError: string | null;
}

const range = (each: Interval) =>
  each.share === null ? '—' : `${percent(each.share)} (${percent(each.low)}–${percent(each.high)})`;

/** Why there is no κ: no signed report to compare with, or both sides always said the same one thing. */
const noKappa = (row: Agreement) =>
  row.bothPositive + row.onlyAlgorithm + row.onlyDoctor + row.bothNegative === 0
    ? 'algorithm.noSigned'
    : 'algorithm.noSpread';

/** Algorithms: what is registered, what they did, and how they agree with the signed reports and the doctors. */
export default function AlgorithmsPage() {
  const { t } = useTranslation(['quality', 'shell']);
  const [span, setSpan, link] = useSpan();
  const algorithms = useQuery({
    queryKey: ['algorithms'],
    queryFn: () => get<{ items: Algorithm[] }>('/api/algorithms'),
  });
  const agreement = useQuery({
    queryKey: ['algorithms', 'agreement', span],
    queryFn: () => get<{ items: Agreement[] }>(`/api/algorithms/agreement?${link}`),
  });
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.algorithms')}</h1>
        <span className="hub-grow" />
        <SpanPicker span={span} onChange={setSpan} />
      </div>
      <p className="hub-quiet">{t('algorithm.about')}</p>
      <FigureTable<Agreement>
        title={t('algorithm.agreement')}
        rows={agreement.data?.items}
        error={agreement.error}
        rowKey={(row) => `${row.name} ${row.version}`}
        empty={t('algorithm.noResults')}
        columns={[
          { title: t('algorithm.name'), text: (row) => `${row.name} ${row.version}` },
          { title: t('column.cases'), number: true, text: (row) => row.cases },
          { title: t('algorithm.bothPositive'), number: true, text: (row) => row.bothPositive },
          { title: t('algorithm.onlyAlgorithm'), number: true, text: (row) => row.onlyAlgorithm },
          { title: t('algorithm.onlyDoctor'), number: true, text: (row) => row.onlyDoctor },
          { title: t('algorithm.bothNegative'), number: true, text: (row) => row.bothNegative },
          {
            title: 'κ',
            number: true,
            text: (row) => row.kappa,
            render: (row) => row.kappa?.toFixed(2) ?? <span className="hub-quiet">{t(noKappa(row))}</span>,
          },
          { title: t('algorithm.sensitivity'), text: (row) => range(row.sensitivity) },
          { title: t('algorithm.specificity'), text: (row) => range(row.specificity) },
          {
            title: t('algorithm.verdicts'),
            text: (row) => `${row.agreed} / ${row.partly} / ${row.disagreed}`,
          },
        ]}
      />
      <FigureTable<Algorithm>
        title={t('algorithm.registered')}
        rows={algorithms.data?.items}
        error={algorithms.error}
        rowKey={(row) => row.id}
        empty={t('algorithm.none')}
        columns={[
          { title: t('algorithm.name'), text: (row) => `${row.name} ${row.version}` },
          { title: t('algorithm.vendor'), text: (row) => row.vendor },
          {
            title: t('column.center'),
            text: (row) => `${t(`area.${row.center}`)} ${row.modalities.join(' ')}`,
          },
          { title: t('algorithm.use'), text: (row) => row.intendedUse },
          {
            title: t('algorithm.registration'),
            text: (row) => row.registrationNumber ?? t('algorithm.research'),
          },
          {
            title: t('algorithm.priority'),
            text: (row) => t(row.mayRaisePriority ? 'algorithm.may' : 'algorithm.mayNot'),
          },
          {
            title: t('algorithm.cases'),
            text: (row) =>
              t('algorithm.counts', { done: row.done, waiting: row.waiting, failed: row.failed }),
          },
          {
            title: t('column.state'),
            text: (row) => t(row.active ? 'algorithm.on' : 'algorithm.off'),
          },
        ]}
      />
    </div>
  );
}
