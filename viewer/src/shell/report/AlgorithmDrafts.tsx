import { useQuery } from '@tanstack/react-query';
import { App, Button, Space, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { may } from '../access.ts';
import { dateTime } from '../format.ts';
import { useSession } from '../session.tsx';
import { errorText } from '../states.tsx';

interface Draft {
  id: string;
  algorithmName: string;
  algorithmVersion: string;
  registrationNumber: string | null;
  intendedUse: string;
  conclusion: string;
  positive: boolean;
  findings: { code: string; label: string; value?: string; confidence?: number }[];
  receivedAt: string;
  verdict: 'agree' | 'partly' | 'disagree' | null;
  decidedBy: string | null;
}

/** What algorithms say of the case, marked as drafts with name, version and registration; the doctor says what he thinks of them. */
export function AlgorithmDrafts({ order }: { order: Order }) {
  const { t } = useTranslation('shell');
  const session = useSession();
  const { message } = App.useApp();
  const allowed = may(session, 'report.write');
  const drafts = useQuery({
    queryKey: ['order', order.id, 'algorithm-results'],
    enabled: allowed,
    retry: false,
    queryFn: () => get<{ items: Draft[] }>(`/api/orders/${order.id}/algorithm-results`),
  });
  const judge = async (id: string, verdict: string) => {
    try {
      await post(`/api/algorithm-results/${id}/verdict`, { verdict });
      await drafts.refetch();
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  if (!allowed || !drafts.data?.items.length) return null;
  return (
    <section className="hub-algorithms" aria-label={t('algorithm.label')}>
      {drafts.data.items.map((draft) => (
        <details key={draft.id}>
          <summary title={draft.conclusion}>
            <Tag>{t('algorithm.draft')}</Tag>
            <span className={draft.positive ? 'hub-tone-warn' : ''}>
              {draft.positive ? '△ ' : ''}
              {draft.conclusion}
            </span>
            <span className="hub-quiet">
              {draft.algorithmName} {draft.algorithmVersion}
              {draft.verdict && ` · ${t(`algorithm.verdict.${draft.verdict}`)}`}
            </span>
          </summary>
          <p className="hub-quiet">
            {draft.registrationNumber ?? t('algorithm.research')} · {draft.intendedUse} ·{' '}
            {dateTime(draft.receivedAt)}
          </p>
          {draft.findings.length > 0 && (
            <ul className="hub-quiet">
              {draft.findings.slice(0, 8).map((each, index) => (
                <li key={index}>
                  {each.label} {each.value ?? ''}
                  {each.confidence === undefined ? '' : ` ${Math.round(each.confidence * 100)} %`}
                </li>
              ))}
            </ul>
          )}
          <Space>
            {(['agree', 'partly', 'disagree'] as const).map((verdict) => (
              <Button
                key={verdict}
                size="small"
                type={draft.verdict === verdict ? 'primary' : 'default'}
                aria-pressed={draft.verdict === verdict}
                onClick={() => void judge(draft.id, verdict)}
              >
                {t(`algorithm.verdict.${verdict}`)}
              </Button>
            ))}
            <span className="hub-quiet">{t('algorithm.notice')}</span>
          </Space>
        </details>
      ))}
    </section>
  );
}
