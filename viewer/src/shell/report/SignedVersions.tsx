import { FilePdfOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { dateTime } from '../format.ts';

export interface SignedReport {
  id: string;
  number: number;
  kind: 'final' | 'addendum' | 'correction' | 'void' | 'partial';
  state: 'valid' | 'corrected' | 'void';
  signedAt: string;
  signer: string | null;
  reporter?: string | null;
  reason?: string | null;
  recognition?: { label?: string | null } | null;
  verifyCode?: string;
  content?: Record<string, unknown>;
}

export function useSignedReports(order: Order) {
  return useQuery({
    queryKey: ['order', order.id, 'reports'],
    queryFn: async () => {
      return (await get<{ items: SignedReport[] }>(`/api/orders/${order.id}/reports`)).items;
    },
    retry: false,
  });
}

/** Every signed version with its PDF; what is no longer valid says so. */
export function SignedVersions({ order }: { order: Order }) {
  const { t } = useTranslation('shell');
  const reports = useSignedReports(order);
  const items = (reports.data ?? []).filter((each) => each.signedAt);
  if (items.length === 0) return null;
  return (
    <ul className="hub-versions" aria-label={t('report.versions')}>
      {items.map((each) => (
        <li key={each.id} className={each.state === 'valid' ? '' : 'is-old'}>
          <a
            href={`/api/orders/${order.id}/report.pdf?number=${each.number}`}
            target="_blank"
            rel="noreferrer"
          >
            <FilePdfOutlined /> {t(`report.kind.${each.kind}`)} {each.number}
          </a>
          <span className={each.state === 'valid' ? 'hub-tone-done' : 'hub-tone-breach'}>
            {t(`report.validity.${each.state}`)}
          </span>
          <span className="hub-quiet">
            {each.reporter ? `${each.reporter} / ` : ''}
            {each.signer} · {dateTime(each.signedAt)}
            {each.recognition?.label ? ` · ${each.recognition.label}` : ''}
          </span>
        </li>
      ))}
    </ul>
  );
}
