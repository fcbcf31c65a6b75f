import { useTranslation } from 'react-i18next';
import type { CenterKind } from '../../api/types.ts';
import { arrow } from '../arrow.ts';
import { dateTime } from '../format.ts';

/** An earlier result of the patient, as the hub puts it before the person who orders. */
export interface EarlierResult {
  promptId: string;
  itemCode: string;
  itemName?: string;
  /** The panel it was measured in, when that is another item. */
  sourceItemName?: string | null;
  orderId?: string;
  center?: CenterKind;
  accessionNumber?: string;
  institutionName?: string | null;
  examinedAt?: string;
  signedAt?: string;
  impression?: string | null;
  values?: { name: string; value: string; unit: string | null; flag: string | null }[];
  label?: string | null;
  recognized?: boolean;
  complete?: boolean;
  remainingDays?: number;
  price?: number | null;
  /** Where another platform holds it, under which number, and its document when a browser can open that. */
  platformName?: string | null;
  reportNumber?: string | null;
  documentUrl?: string | null;
}

/** Where and when, what was found, how long it holds and what a repetition costs; images and report one click away. */
export function EarlierResultFacts({ result }: { result: EarlierResult }) {
  const { t } = useTranslation(['order', 'shell']);
  const values = result.values ?? [];
  return (
    <>
      <p>
        {[
          result.platformName ? t('order:platform.from', { name: result.platformName }) : '',
          result.institutionName,
          result.reportNumber ? t('order:platform.report', { number: result.reportNumber }) : '',
          result.examinedAt ? t('order:recognition.performed', { at: dateTime(result.examinedAt) }) : '',
          result.signedAt ? t('order:recognition.signed', { at: dateTime(result.signedAt) }) : '',
          result.remainingDays === undefined
            ? ''
            : t('order:recognition.remaining', { n: result.remainingDays }),
          typeof result.price === 'number'
            ? t('order:recognition.price', { price: result.price.toFixed(2) })
            : '',
        ]
          .filter(Boolean)
          .join(' · ')}
        {result.orderId && (
          <>
            {' · '}
            <a href={`/orders/${result.orderId}`} target="_blank" rel="noreferrer">
              {t('order:recognition.open', {
                context: result.center ?? '',
                number: result.accessionNumber ?? '',
              })}
            </a>
          </>
        )}
        {result.documentUrl && (
          <>
            {' · '}
            <a href={result.documentUrl} target="_blank" rel="noreferrer">
              {t('order:platform.open')}
            </a>
          </>
        )}
      </p>
      {result.sourceItemName && (
        <p className="hub-quiet">{t('order:recognition.within', { panel: result.sourceItemName })}</p>
      )}
      {result.impression && <p className="hub-prewrap hub-result-text">{result.impression}</p>}
      {values.length > 0 && (
        <p className="hub-result-text">
          {values.map(({ name, value, unit, flag }) => (
            <span key={name} style={{ marginInlineEnd: 12, whiteSpace: 'nowrap' }}>
              {name} <b>{`${value} ${arrow(flag)}`.trim()}</b> {unit}
            </span>
          ))}
        </p>
      )}
    </>
  );
}
