import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { EarlierResultFacts, type EarlierResult } from '../../shell/order/EarlierResult.tsx';
import { readIdCard } from '../../shell/identity.ts';

/** What this patient already has of the chosen items, whole or in part, before the request is sent. */
export function EarlierResults({ type, value, items }: { type: string; value: string; items: string[] }) {
  const { t } = useTranslation(['order', 'shell']);
  const ready =
    items.length > 0 && (type === 'id-card' ? readIdCard(value) !== null : value.trim().length > 3);
  const found = useQuery({
    queryKey: ['recognition-check', type, value, items],
    queryFn: async () =>
      (
        await post<{ items: EarlierResult[] }>('/api/recognition/check', {
          identifiers: [{ type, value: value.trim().toUpperCase() }],
          items: items.map((code) => ({ code })),
        })
      ).items,
    enabled: ready,
    staleTime: 60_000,
    retry: false,
  });
  // The same question is asked again, and must be answered, when the request is sent.
  if (!ready || !found.data || found.data.length === 0) return null;
  return (
    <Alert
      type="info"
      style={{ marginBottom: 10 }}
      title={t('order:earlier.title', { n: found.data.length })}
      description={found.data.map((result) => (
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
