import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { get } from '../../api/client.ts';
import { has } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { FunnelChart } from './indicator/FunnelChart.tsx';
import { IndicatorCases, SHOWN, type Shown } from './indicator/IndicatorCases.tsx';
import { TrendChart, type TrendMonth } from './indicator/TrendChart.tsx';
import { SpanPicker } from './SpanPicker.tsx';
import { formulaOf, type IndicatorFigure, type SiteFigure } from './types.ts';
import { useSpan } from './useSpan.ts';

/** One indicator: sites in a funnel plot, months, and the cases behind it; site and filter stand in the address. */
export default function IndicatorPage() {
  const { t, i18n } = useTranslation(['quality', 'shell']);
  const { code = '' } = useParams();
  const session = useSession();
  const [span, setSpan, link] = useSpan();
  const [search, setSearch] = useSearchParams();
  const site = search.get('site') ?? undefined;
  const shown = SHOWN.find((value) => value === search.get('met')) ?? 'all';
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
    queryKey: ['quality', code, 'trend', span.to, site],
    queryFn: () =>
      get<{ items: TrendMonth[] }>(
        `/api/quality/indicators/${code}/trend?to=${span.to}${site ? `&institutionId=${site}` : ''}`,
      ),
  });
  const indicator = facts.data?.items.find((row) => row.code === code);
  const rows = sites.data?.items ?? [];
  const choose = (key: 'site' | 'met', value: string | undefined) =>
    setSearch((old) => {
      if (value) old.set(key, value);
      else old.delete(key);
      return old;
    });
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <Link to={`/quality?${link}`}>{t('title')}</Link>
        <h1 className="hub-title">
          {indicator ? (i18n.language === 'en-US' ? indicator.nameEn : indicator.name) : code}
        </h1>
        <span className="hub-grow" />
        <Select
          allowClear
          showSearch
          optionFilterProp="label"
          style={{ width: 180 }}
          aria-label={t('indicator.pickSite')}
          placeholder={t('indicator.site')}
          value={site ?? null}
          onChange={(value: string | undefined) => choose('site', value)}
          options={rows.map((row) => ({ value: row.institutionId, label: row.institutionName }))}
        />
        <SpanPicker span={span} onChange={setSpan} />
      </div>
      {indicator && (
        <p className="hub-quiet">
          {formulaOf(indicator, i18n.language)} · {t(`mark.${indicator.mark}`)} ·{' '}
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
          <FunnelChart
            share={sites.data.share}
            rows={rows}
            onPick={(institutionId) => choose('site', institutionId)}
          />
          <TrendChart months={trend.data?.items ?? []} indicator={indicator} />
        </div>
      )}
      {seesCases && (
        <IndicatorCases
          code={code}
          better={indicator?.better ?? 'up'}
          link={link}
          site={site}
          shown={shown}
          onShown={(value: Shown) => choose('met', value === 'all' ? undefined : value)}
        />
      )}
    </div>
  );
}
