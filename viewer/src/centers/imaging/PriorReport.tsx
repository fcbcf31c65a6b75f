import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { Failed, Loading } from '../../shell/states.tsx';
import type { SignedReport } from '../../shell/report/SignedVersions.tsx';
import type { OpenPrior } from './readingStore.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The report of the prior that is open beside today's images. */
export function PriorReport({ prior }: { prior: OpenPrior }) {
  const { t } = useTranslation(['imaging', 'shell']);
  const reports = useQuery({
    queryKey: ['order', prior.orderId, 'reports'],
    queryFn: async () => (await get<{ items: SignedReport[] }>(`/api/orders/${prior.orderId}/reports`)).items,
    retry: false,
    staleTime: 60_000,
  });
  const signed = reports.data?.filter((each) => each.signedAt && each.state === 'valid').at(-1);
  return (
    <details className="hub-prior-report" open>
      <summary>
        {t('priorReport', { date: prior.date, item: prior.item })}{' '}
        <span className="hub-quiet">{prior.institutionName}</span>
      </summary>
      {reports.isPending && <Loading rows={2} />}
      {reports.isError && <Failed error={reports.error} retry={() => void reports.refetch()} />}
      {reports.data && !signed && <p className="hub-quiet">{t('priorUnsigned')}</p>}
      {signed && (
        <>
          <p className="hub-prewrap">{text(signed.content?.findings)}</p>
          <p className="hub-prewrap">
            <b>{text(signed.content?.impression)}</b>
          </p>
          <p className="hub-quiet">
            {[signed.reporter, signed.signer].filter(Boolean).join(' / ')} · {dateTime(signed.signedAt)}
          </p>
        </>
      )}
    </details>
  );
}
