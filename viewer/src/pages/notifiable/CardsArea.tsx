import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Segmented, Table, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { get, query } from '../../api/client.ts';
import type { Page } from '../../api/types.ts';
import { may } from '../../shell/access.ts';
import { ExportButton } from '../../shell/ExportButton.tsx';
import { dateTime, duration } from '../../shell/format.ts';
import { useSession } from '../../shell/session.tsx';
import { Failed } from '../../shell/states.tsx';
import { useHubEvents } from '../../shell/useEvents.ts';
import { useInstitutions } from '../../shell/useInstitutions.ts';
import { useNow } from '../../shell/useNow.ts';
import { CardDialog, type CardAct, type NotifiableCard } from './CardDialog.tsx';

const states = ['draft', 'overdue', 'late', 'reported', 'dismissed', 'withdrawn', 'all'] as const;
type State = (typeof states)[number];

/** The cards: what has to be reported until when, what is late, what was done. The address holds the filters, so a figure links here. */
export function CardsArea() {
  const { t, i18n } = useTranslation(['notifiable', 'shell']);
  const session = useSession();
  const client = useQueryClient();
  const now = useNow();
  const [search, setSearch] = useSearchParams();
  const state = states.find((each) => each === search.get('state')) ?? 'draft';
  const put = (name: string, value: string) =>
    setSearch(
      (old) => {
        if (value) old.set(name, value);
        else old.delete(name);
        return old;
      },
      { replace: true },
    );
  const q = search.get('q') ?? '';
  const narrowed = Object.fromEntries(
    ['institutionId', 'rule', 'from', 'to'].flatMap((name) => {
      const value = search.get(name);
      return value ? [[name, value]] : [];
    }),
  );
  const institutions = useInstitutions();
  const site = institutions.data?.find((each) => each.id === narrowed.institutionId)?.name;
  const [answering, setAnswering] = useState<{ card: NotifiableCard; act: CardAct } | null>(null);
  const list = useInfiniteQuery({
    queryKey: ['notifiable', state, q, narrowed],
    queryFn: ({ pageParam }) =>
      get<Page<NotifiableCard>>(
        `/api/notifiable${query({ state, q, ...narrowed, limit: 100, cursor: pageParam })}`,
      ),
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
  const actsColumn = {
    key: 'acts',
    title: t('acts'),
    width: 150,
    fixed: 'right' as const, // in sight at 1366 px
    render: (_: unknown, card: NotifiableCard) =>
      card.state === 'draft' &&
      may(session, 'report.acknowledge') && (
        <span className="hub-row">
          <Button size="small" type="primary" onClick={() => setAnswering({ card, act: 'reported' })}>
            {t('act.reported')}
          </Button>
          <Button size="small" onClick={() => setAnswering({ card, act: 'dismissed' })}>
            {t('act.dismissed')}
          </Button>
        </span>
      ),
  };
  return (
    <>
      <div className="hub-bar">
        <Segmented<State>
          value={state}
          onChange={(value) => put('state', value)}
          options={states.map((each) => ({ value: each, label: t(`filters.${each}`) }))}
        />
        <Input.Search
          allowClear
          placeholder={t('search')}
          aria-label={t('search')}
          defaultValue={q}
          onSearch={(value) => put('q', value.trim())}
          style={{ width: 200 }}
        />
        {Object.keys(narrowed).length > 0 && (
          <Tag
            closable
            onClose={() =>
              setSearch((old) => {
                for (const name of ['institutionId', 'rule', 'from', 'to']) old.delete(name);
                return old;
              })
            }
          >
            {[site, narrowed.from && `${narrowed.from} – ${narrowed.to ?? ''}`].filter(Boolean).join(' · ') ||
              t('narrowed')}
          </Tag>
        )}
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
          {...(rows.length > 0 && { scroll: { x: 1500 } })} // an empty list has nothing to focus in a scrolling box
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
            ...(may(session, 'report.acknowledge') ? [actsColumn] : []),
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
    </>
  );
}
