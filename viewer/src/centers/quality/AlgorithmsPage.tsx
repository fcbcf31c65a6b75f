import { useQuery } from '@tanstack/react-query';
import { Button, Drawer } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { AgreementCases, CELLS, type Cell } from './algorithm/AgreementCases.tsx';
import { FigureTable } from './FigureTable.tsx';
import { SpanPicker } from './SpanPicker.tsx';
import { percent } from './types.ts';
import { useSpan } from './useSpan.ts';

interface Interval {
  share: number | null;
  low: number | null;
  high: number | null;
}
interface Agreement extends Record<Cell, number> {
  name: string;
  version: string;
  cases: number;
  agreed: number;
  partly: number;
  disagreed: number;
  judges: 'disease' | 'image';
  kappa: { kappa: number; low: number; high: number } | null;
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

/** What of a figure is opened. */
type Opened = Pick<Agreement, 'name' | 'version'> & { cell?: Cell };

const range = (each: Interval) =>
  each.share === null ? '—' : `${percent(each.share)} (${percent(each.low)}–${percent(each.high)})`;

/** Why there is no κ: no signed report to compare with, or one side always said the same thing. */
const noKappa = (row: Agreement) =>
  row.bothPositive + row.onlyAlgorithm + row.onlyDoctor + row.bothNegative === 0
    ? `algorithm.nothing.${row.judges}`
    : 'algorithm.noSpread';

/** Algorithms: what is registered, what they did, and how they agree with the signed reports and the doctors. */
export default function AlgorithmsPage() {
  const { t } = useTranslation(['quality', 'shell']);
  const [span, setSpan, link] = useSpan();
  const [open, setOpen] = useState<Opened | null>(null);
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
          { title: t('algorithm.comparedWith'), text: (row) => t(`algorithm.judges.${row.judges}`) },
          {
            title: t('column.cases'),
            number: true,
            text: (row) => row.cases,
            render: (row) => <CountButton row={row} count={row.cases} onOpen={setOpen} />,
          },
          ...CELLS.map((cell) => ({
            title: t(`algorithm.${cell}`),
            number: true,
            text: (row: Agreement) => row[cell],
            render: (row: Agreement) => (
              <CountButton row={row} count={row[cell]} cell={cell} onOpen={setOpen} />
            ),
          })),
          {
            title: t('algorithm.kappa'),
            text: (row) => kappaText(row) ?? t(noKappa(row)),
            render: (row) => kappaText(row) ?? <span className="hub-quiet">{t(noKappa(row))}</span>,
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
      <Drawer
        open={open !== null}
        onClose={() => setOpen(null)}
        size={980}
        title={open && `${open.name} ${open.version}${open.cell ? ` · ${t(`algorithm.${open.cell}`)}` : ''}`}
      >
        {open && <AgreementCases filter={{ ...span, ...open }} />}
      </Drawer>
    </div>
  );
}

function CountButton({
  row,
  count,
  cell,
  onOpen,
}: {
  row: Agreement;
  count: number;
  cell?: Cell;
  onOpen: (opened: Opened) => void;
}) {
  if (count === 0) return count;
  return (
    <Button
      type="link"
      size="small"
      onClick={() => onOpen({ name: row.name, version: row.version, ...(cell && { cell }) })}
    >
      {count}
    </Button>
  );
}

/** κ with its 95 % interval. */
const kappaText = ({ kappa }: Agreement) =>
  kappa && `${kappa.kappa.toFixed(2)} (${kappa.low.toFixed(2)}–${kappa.high.toFixed(2)})`;
