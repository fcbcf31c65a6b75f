import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons';
import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

/** As on the server: a share of fewer cases is not judged. */
const FEW_CASES = 20;

interface Props {
  title: string;
  /** null: not computable (denominator 0); shown as a dash, never as 0. */
  value: number | null;
  unit?: string;
  digits?: number;
  /** Which way is better. */
  better?: 'up' | 'down';
  target?: number | null;
  period?: string;
  formula: string;
  /** Cases the number stands on: under twenty it is shown, but neither praised nor blamed. */
  cases?: number;
  /** The cases behind the number. */
  to?: string;
}

/** Number, unit, direction, period, formula on hover; a click opens the cases. */
export function Figure({
  title,
  value,
  unit,
  digits = 0,
  better,
  target,
  period,
  formula,
  cases,
  to,
}: Props) {
  const { t } = useTranslation('shell');
  const few = cases !== undefined && cases > 0 && cases < FEW_CASES;
  const missed =
    !few && value !== null && target !== null && target !== undefined && better !== undefined
      ? better === 'up'
        ? value < target
        : value > target
      : false;
  const body = (
    <>
      <span className="hub-figure-title">{title}</span>
      <span className={missed ? 'hub-figure-value hub-tone-breach' : 'hub-figure-value'}>
        {value === null ? '—' : value.toFixed(digits)}
        {value !== null && unit && <small> {unit}</small>}
      </span>
      <span className="hub-quiet">
        {better === 'up' && (
          <>
            <ArrowUpOutlined aria-hidden /> {t('figure.higher')}
          </>
        )}
        {better === 'down' && (
          <>
            <ArrowDownOutlined aria-hidden /> {t('figure.lower')}
          </>
        )}
        {target !== null && target !== undefined
          ? ` · ${t('figure.target', { value: target, unit: unit ?? '' })}`
          : ''}
        {missed ? ` · ${t('figure.missed')}` : ''}
        {few ? ` · ${t('figure.few')}` : ''}
        {period ? ` · ${period}` : ''}
      </span>
    </>
  );
  return (
    <Tooltip title={formula}>
      {to ? (
        <Link className="hub-figure" to={to}>
          {body}
        </Link>
      ) : (
        <div className="hub-figure" tabIndex={0}>
          {body}
        </div>
      )}
    </Tooltip>
  );
}
