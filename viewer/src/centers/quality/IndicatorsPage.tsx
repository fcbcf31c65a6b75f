import { useQuery } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { ExportButton } from '../../shell/ExportButton.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import './overview/overview.css';
import { OverviewTable } from './overview/OverviewTable.tsx';
import { VERDICTS, type OverviewRow, type Verdict } from './overview/types.ts';
import { formulaOf } from './types.ts';
import { SpanPicker } from './SpanPicker.tsx';
import { useSpan } from './useSpan.ts';

const AREAS = ['all', 'community', 'imaging', 'ecg', 'lab', 'pathology', 'sterilization'] as const;

/** What misses its target first, with trend, sites and cases; figures on too few cases say so instead of alarming. */
export default function IndicatorsPage() {
  const { t, i18n } = useTranslation(['quality', 'shell']);
  const [span, setSpan, link] = useSpan();
  const [area, setArea] = useState<(typeof AREAS)[number]>('all');
  const [verdict, setVerdict] = useState<Verdict | 'all'>('all');
  const figures = useQuery({
    queryKey: ['quality', 'overview', span],
    queryFn: ({ signal }) => get<{ items: OverviewRow[] }>(`/api/quality/overview?${link}`, signal),
    refetchInterval: 60_000,
  });
  const nameOf = (row: OverviewRow) => (i18n.language === 'en-US' ? row.nameEn : row.name);
  const ofArea = (figures.data?.items ?? []).filter((row) => area === 'all' || row.center === area);
  const shown = ofArea.filter((row) => verdict === 'all' || row.verdict === verdict);
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('title')}</h1>
        <Segmented
          value={area}
          onChange={setArea}
          options={AREAS.map((value) => ({ value, label: t(`area.${value}`) }))}
        />
        <span className="hub-grow" />
        <SpanPicker span={span} onChange={setSpan} />
        <ExportButton
          name={t('title')}
          rows={shown}
          columns={[
            { title: t('column.indicator'), text: nameOf },
            { title: t('overview.verdict'), text: (row) => t(`verdict.${row.verdict}`) },
            { title: t('column.numerator'), text: (row) => String(row.numerator) },
            { title: t('column.denominator'), text: (row) => String(row.denominator) },
            { title: t('column.share'), text: (row) => inPercent(row.share) },
            { title: t('overview.target'), text: (row) => inPercent(row.target) },
            { title: t('overview.low'), text: (row) => inPercent(row.low) },
            { title: t('overview.high'), text: (row) => inPercent(row.high) },
            { title: t('overview.before'), text: (row) => inPercent(row.before) },
            { title: t('column.formula'), text: (row) => formulaOf(row, i18n.language) },
            { title: t('column.mark'), text: (row) => t(`mark.${row.mark}`) },
          ]}
        />
      </div>
      {figures.isPending ? (
        <Loading />
      ) : figures.isError ? (
        <Failed error={figures.error} retry={() => void figures.refetch()} />
      ) : (
        <>
          <div className="hub-bar">
            <Segmented
              value={verdict}
              onChange={setVerdict}
              options={(['all', ...VERDICTS] as const).map((value) => ({
                value,
                label: `${t(`verdict.${value}`)} ${value === 'all' ? ofArea.length : ofArea.filter((row) => row.verdict === value).length}`,
              }))}
            />
          </div>
          {shown.length === 0 ? (
            <p className="hub-state">{t('overview.nothing')}</p>
          ) : (
            <OverviewTable rows={shown} link={link} nameOf={nameOf} />
          )}
        </>
      )}
    </div>
  );
}

const inPercent = (share: number | null): string => (share === null ? '' : (share * 100).toFixed(1));
