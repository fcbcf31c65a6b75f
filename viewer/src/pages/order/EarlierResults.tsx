import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { EarlierResultFacts } from '../../shell/order/EarlierResult.tsx';
import { useEarlierResults, type Asked } from './useEarlierResults.ts';

/** What this patient already has of the chosen items, whole or in part, before the request is sent. */
export function EarlierResults(asked: Asked) {
  const { t } = useTranslation(['order', 'shell']);
  const found = useEarlierResults(asked);
  // The same question is asked again, and must be answered, when the request is sent.
  if (!found || found.items.length === 0) return null;
  return (
    <Alert
      type="info"
      style={{ marginBottom: 10 }}
      title={t('order:earlier.title', { n: found.items.length })}
      description={found.items.map((result) => (
        <div key={result.promptId}>
          <b>{result.itemName}</b>{' '}
          {result.recognized
            ? result.label
            : result.complete
              ? t('order:earlier.notRecognized')
              : t('order:earlier.part')}
          <EarlierResultFacts result={result} />
        </div>
      ))}
    />
  );
}
