import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formulaOf, percent } from '../types.ts';
import { Sparkline } from './Sparkline.tsx';
import { TargetBar } from './TargetBar.tsx';
import { VERDICTS, type OverviewRow } from './types.ts';

/** How far a figure lies on the wrong side of its target, for the order of what is worked on first. */
const distance = (row: OverviewRow): number =>
  row.share === null || row.target === null
    ? 0
    : row.better === 'up'
      ? row.target - row.share
      : row.share - row.target;

const bySeverity = (a: OverviewRow, b: OverviewRow): number =>
  Number(b.mark === 'N') - Number(a.mark === 'N') || distance(b) - distance(a) || b.wrong - a.wrong;

interface Props {
  rows: readonly OverviewRow[];
  link: string;
  nameOf: (row: OverviewRow) => string;
}

/** Indicators grouped by verdict: what misses its target stands first, with its trend, its sites and its cases. */
export function OverviewTable({ rows, link, nameOf }: Props) {
  const { t } = useTranslation('quality');
  return (
    <table className="quality-overview">
      <thead>
        <tr>
          <th scope="col">{t('column.indicator')}</th>
          <th scope="col" className="quality-number">
            {t('column.share')}
          </th>
          <th scope="col" className="quality-number">
            {t('overview.target')}
          </th>
          <th scope="col">{t('overview.interval')}</th>
          <th scope="col">{t('overview.trend')}</th>
          <th scope="col">{t('overview.change')}</th>
          <th scope="col">{t('overview.cases')}</th>
        </tr>
      </thead>
      {VERDICTS.map((verdict) => {
        const own = rows.filter((row) => row.verdict === verdict).sort(bySeverity);
        return own.length === 0 ? null : (
          <tbody key={verdict}>
            <tr className="quality-group">
              <th scope="rowgroup" colSpan={7}>
                <span className={`quality-verdict quality-${verdict}`}>{t(`verdict.${verdict}`)}</span>
                <span className="hub-quiet"> {own.length}</span>
                <span className="hub-quiet quality-hint">{t(`verdictHint.${verdict}`)}</span>
              </th>
            </tr>
            {own.map((row) => (
              <OverviewLine key={row.code} row={row} link={link} name={nameOf(row)} />
            ))}
          </tbody>
        );
      })}
    </table>
  );
}

function OverviewLine({ row, link, name }: { row: OverviewRow; link: string; name: string }) {
  const { t, i18n } = useTranslation('quality');
  const page = `/quality/indicators/${row.code}?${link}`;
  const wrongPage = `${page}&met=${row.better === 'up' ? 'false' : 'true'}`;
  const empty = row.verdict === 'none';
  return (
    <tr className={empty ? 'quality-empty' : ''}>
      <th scope="row">
        <Tooltip title={`${formulaOf(row, i18n.language)} · ${t(`mark.${row.mark}`)}`}>
          <Link to={page}>{name}</Link>
        </Tooltip>
        <span className="hub-quiet"> {t(`area.${row.center}`)}</span>
      </th>
      <td className={`quality-number quality-share quality-${row.verdict}`}>
        {percent(row.share)}
        {!empty && (
          <small className="hub-quiet">
            {row.numerator} / {row.denominator}
          </small>
        )}
      </td>
      <td className="quality-number">
        {row.target === null ? '—' : `${row.better === 'up' ? '≥' : '≤'} ${+(row.target * 100).toFixed(2)} %`}
      </td>
      <td>{!empty && <TargetBar row={row} />}</td>
      <td>
        <Sparkline row={row} />
      </td>
      <td>
        <ChangeWord row={row} />
      </td>
      <td>
        {row.wrong === 0 ? (
          <span className="hub-quiet">{empty ? '—' : t('overview.noneWrong')}</span>
        ) : (
          <>
            <Link to={wrongPage}>{t('overview.wrong', { count: row.wrong })}</Link>
            <span className="quality-sites">
              {row.sites.map((site) => (
                <Link key={site.institutionId} to={`${wrongPage}&site=${site.institutionId}`}>
                  {site.name} {site.wrong}/{site.cases}
                </Link>
              ))}
            </span>
          </>
        )}
      </td>
    </tr>
  );
}

/** Against the span of the same length before; a movement within chance is called steady. */
function ChangeWord({ row }: { row: OverviewRow }) {
  const { t } = useTranslation('quality');
  if (row.change === 'unknown' || row.share === null || row.before === null)
    return <span className="hub-quiet">—</span>;
  const points = (row.share - row.before) * 100;
  const sign = points >= 0 ? '+' : '−';
  const tone = row.change === 'worse' ? 'hub-tone-breach' : row.change === 'steady' ? 'hub-quiet' : '';
  return (
    <Tooltip title={t('overview.beforeWas', { share: percent(row.before) })}>
      <span className={tone} tabIndex={0}>
        {t(`change.${row.change}`)} {sign}
        {Math.abs(points).toFixed(1)}
      </span>
    </Tooltip>
  );
}
