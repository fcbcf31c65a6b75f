import { useQuery } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { ExportButton } from '../../shell/ExportButton.tsx';
import { Figure } from '../../shell/Figure.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { SpanPicker } from './SpanPicker.tsx';
import type { IndicatorFigure } from './types.ts';
import { useSpan } from './useSpan.ts';

const AREAS = ['all', 'community', 'imaging', 'ecg', 'lab', 'pathology', 'sterilization'] as const;

/** Every indicator of the span as a figure; a figure opens its sites, trend and cases. */
export default function IndicatorsPage() {
  const { t, i18n } = useTranslation(['quality', 'shell']);
  const [span, setSpan, link] = useSpan();
  const [area, setArea] = useState<(typeof AREAS)[number]>('all');
  const figures = useQuery({
    queryKey: ['quality', 'indicators', span],
    queryFn: ({ signal }) => get<{ items: IndicatorFigure[] }>(`/api/quality/indicators?${link}`, signal),
  });
  const nameOf = (row: IndicatorFigure) => (i18n.language === 'en-US' ? row.nameEn : row.name);
  const shown = (figures.data?.items ?? []).filter((row) => area === 'all' || row.center === area);
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
            { title: t('column.numerator'), text: (row) => String(row.numerator) },
            { title: t('column.denominator'), text: (row) => String(row.denominator) },
            {
              title: t('column.share'),
              text: (row) => (row.denominator ? ((row.numerator / row.denominator) * 100).toFixed(1) : ''),
            },
            { title: t('column.formula'), text: (row) => row.formula },
            { title: t('column.mark'), text: (row) => t(`mark.${row.mark}`) },
          ]}
        />
      </div>
      {figures.isPending ? (
        <Loading />
      ) : figures.isError ? (
        <Failed error={figures.error} retry={() => void figures.refetch()} />
      ) : (
        <div className="hub-figures">
          {shown.map((row) => (
            <Figure
              key={row.code}
              title={nameOf(row)}
              value={row.denominator > 0 ? (row.numerator / row.denominator) * 100 : null}
              digits={1}
              unit="%"
              better={row.better}
              target={row.target === null ? null : row.target * 100}
              period={`${row.numerator} / ${row.denominator}`}
              formula={`${row.formula} · ${t(`mark.${row.mark}`)}`}
              to={`/quality/indicators/${row.code}?${link}`}
            />
          ))}
        </div>
      )}
    </div>
  );
}
