import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Segmented, Table, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, query } from '../api/client.ts';
import type { Page } from '../api/types.ts';
import { may } from '../shell/access.ts';
import { ExportButton } from '../shell/ExportButton.tsx';
import { dateTime, duration } from '../shell/format.ts';
import { useSession } from '../shell/session.tsx';
import { Failed } from '../shell/states.tsx';
import { useHubEvents } from '../shell/useEvents.ts';
import { useNow } from '../shell/useNow.ts';
import { CardDialog, type CardAct, type NotifiableCard } from './notifiable/CardDialog.tsx';

const states = ['draft', 'late', 'reported', 'dismissed', 'all'] as const;

/** Cards of notifiable diseases: what has to be reported until when, what is late, what was done. */
export default function NotifiablePage() {
  const { t, i18n } = useTranslation(['notifiable', 'shell']);
  const session = useSession();
  const client = useQueryClient();
  const now = useNow();
  const [state, setState] = useState<(typeof states)[number]>('draft');
  const [q, setQ] = useState('');
  const [answering, setAnswering] = useState<{ card: NotifiableCard; act: CardAct } | null>(null);
  const list = useInfiniteQuery({
    queryKey: ['notifiable', state, q],
    queryFn: ({ pageParam }) =>
      get<Page<NotifiableCard>>(`/api/notifiable${query({ state, q, limit: 100, cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor ?? null,
    placeholderData: (previous) => previous,
  });
  const refresh = () => void client.invalidateQueries({ queryKey: ['notifiable'] });
  useHubEvents((event) => {
    if (event.type === 'notifiable.draft' || event.type === 'reset') refresh();
  });
  const rows = useMemo(() => (list.data?.pages ?? []).flatMap((page) => page.items), [list.data]);
  const disease = (card: NotifiableCard) => (i18n.language === 'en-US' ? card.diseaseEn : card.disease);
  const remaining = (card: NotifiableCard) => {
    if (card.state !== 'draft') return t(`states.${card.state}`);
    const minutes = (Date.parse(card.dueAt) - now) / 60_000;
    return t(minutes < 0 ? 'over' : 'left', { words: duration(Math.abs(minutes), t) });
  };
  const columns = [
    { key: 'due', title: t('due'), width: 130, text: remaining },
    { key: 'disease', title: t('disease'), width: 200, text: disease },
    {
      key: 'class',
      title: t('class'),
      width: 60,
      text: (card: NotifiableCard) => t(`classes.${card.class}`),
    },
    {
      key: 'patient',
      title: t('shell:column.patient'),
      width: 110,
      text: (card: NotifiableCard) => card.patientName ?? t('shell:patient.unknown'),
    },
    {
      key: 'accession',
      title: t('shell:column.accession'),
      width: 120,
      text: (card: NotifiableCard) => card.accessionNumber,
    },
    {
      key: 'institution',
      title: t('shell:column.institution'),
      width: 140,
      text: (card: NotifiableCard) => card.institutionName,
    },
    { key: 'evidence', title: t('evidence'), width: 240, text: (card: NotifiableCard) => card.evidence },
    { key: 'found', title: t('found'), width: 140, text: (card: NotifiableCard) => dateTime(card.foundAt) },
    {
      key: 'answer',
      title: t('answer'),
      width: 170,
      text: (card: NotifiableCard) =>
        card.state === 'draft'
          ? ''
          : [
              card.cardNumber ?? t(`reasons.${card.reason ?? ''}`, { defaultValue: card.reason ?? '' }),
              card.answeredBy,
            ]
              .filter(Boolean)
              .join(' · '),
    },
  ];
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('title')}</h1>
        <Segmented
          value={state}
          onChange={(value) => setState(value)}
          options={states.map((each) => ({ value: each, label: t(`filters.${each}`) }))}
        />
        <Input.Search
          allowClear
          placeholder={t('search')}
          aria-label={t('search')}
          onSearch={(value) => setQ(value.trim())}
          style={{ width: 200 }}
        />
        <span className="hub-grow" />
        <ExportButton name={t('title')} rows={rows} columns={columns} />
      </div>
      {list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : (
        <Table<NotifiableCard>
          size="small"
          rowKey="id"
          loading={list.isPending}
          dataSource={rows}
          pagination={false}
          scroll={{ x: 1500 }}
          locale={{ emptyText: t(`empty.${state}`, { defaultValue: t('empty.all') }) }}
          columns={[
            ...columns.map((column) => ({
              key: column.key,
              title: column.title,
              ...(column.width ? { width: column.width } : {}),
              render: (_: unknown, card: NotifiableCard) =>
                column.key === 'accession' ? (
                  <Link to={`/orders/${card.orderId}`} className="hub-num">
                    {card.accessionNumber}
                  </Link>
                ) : column.key === 'due' && card.late ? (
                  <Tag color="error">{column.text(card)}</Tag>
                ) : (
                  column.text(card)
                ),
            })),
            {
              key: 'acts',
              title: t('acts'),
              width: 150,
              fixed: 'right' as const, // in sight at 1366 px
              render: (_: unknown, card: NotifiableCard) =>
                card.state === 'draft' &&
                may(session, 'report.acknowledge') && (
                  <span className="hub-row">
                    <Button
                      size="small"
                      type="primary"
                      onClick={() => setAnswering({ card, act: 'reported' })}
                    >
                      {t('act.reported')}
                    </Button>
                    <Button size="small" onClick={() => setAnswering({ card, act: 'dismissed' })}>
                      {t('act.dismissed')}
                    </Button>
                  </span>
                ),
            },
          ]}
          footer={() =>
            list.hasNextPage ? (
              <Button
                size="small"
                loading={list.isFetchingNextPage}
                onClick={() => void list.fetchNextPage()}
              >
                {t('shell:action.more')}
              </Button>
            ) : (
              <span className="hub-quiet">{t('note')}</span>
            )
          }
        />
      )}
      {answering && (
        <CardDialog
          card={answering.card}
          disease={disease(answering.card)}
          act={answering.act}
          onClose={() => setAnswering(null)}
          onDone={refresh}
        />
      )}
    </div>
  );
}
