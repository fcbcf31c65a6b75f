import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Segmented, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { get, query } from '../../api/client.ts';
import type { Page } from '../../api/types.ts';
import { may } from '../../shell/access.ts';
import { dateTime, duration } from '../../shell/format.ts';
import { ListTable, type ListColumn } from '../../shell/ListTable.tsx';
import { useSession } from '../../shell/session.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
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
  const ask = (cursor: string | null) =>
    get<Page<NotifiableCard>>(`/api/notifiable${query({ state, q, ...narrowed, limit: 100, cursor })}`);
  const list = useInfiniteQuery({
    queryKey: ['notifiable', state, q, narrowed],
    queryFn: ({ pageParam }) => ask(pageParam),
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
  /** All pages, for the export. */
  const all = async () => {
    const first = await ask(null);
    const items = [...first.items];
    for (let cursor = first.nextCursor; cursor;) {
      const next = await ask(cursor);
      items.push(...next.items);
      cursor = next.nextCursor;
    }
    return items;
  };
  const columns: ListColumn<NotifiableCard>[] = [
    {
      title: t('due'),
      width: 130,
      text: remaining,
      sortBy: (card) => card.dueAt,
      render: (card) => (card.late ? <Tag color="error">{remaining(card)}</Tag> : remaining(card)),
    },
    { title: t('disease'), text: disease, wrap: 180 },
    { title: t('class'), width: 60, text: (card) => t(`classes.${card.class}`) },
    {
      person: true,
      title: t('shell:column.patient'),
      text: (card) => card.patientName ?? t('shell:patient.unknown'),
    },
    {
      title: t('shell:column.accession'),
      text: (card) => card.accessionNumber,
      render: (card) => (
        <Link to={`/orders/${card.orderId}`} className="hub-num">
          {card.accessionNumber}
        </Link>
      ),
    },
    { title: t('shell:column.institution'), text: (card) => card.institutionName, wrap: 140 },
    { title: t('evidence'), text: (card) => card.evidence, wrap: 220 },
    { title: t('found'), width: 140, text: (card) => dateTime(card.foundAt) },
    {
      title: t('answer'),
      wrap: 160,
      text: (card) =>
        card.state === 'draft'
          ? ''
          : [
              card.cardNumber ?? t(`reasons.${card.reason ?? ''}`, { defaultValue: card.reason ?? '' }),
              card.answeredBy,
            ]
              .filter(Boolean)
              .join(' · '),
    },
    ...(may(session, 'report.acknowledge')
      ? [
          {
            title: '',
            width: 150,
            fixed: 'right' as const, // in sight at 1366 px
            render: (card: NotifiableCard) =>
              card.state === 'draft' && (
                <span className="hub-row">
                  <Button size="small" type="primary" onClick={() => setAnswering({ card, act: 'reported' })}>
                    {t('act.reported')}
                  </Button>
                  <Button size="small" onClick={() => setAnswering({ card, act: 'dismissed' })}>
                    {t('act.dismissed')}
                  </Button>
                </span>
              ),
          },
        ]
      : []),
  ];
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
      </div>
      {list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : (
        <>
          <ListTable<NotifiableCard>
            name={t('title')}
            rowKey="id"
            rows={rows}
            searchable={false}
            pageSize={1000}
            exportRows={all}
            empty={t(`empty.${state}`, { defaultValue: t('empty.all') })}
            columns={columns}
          />
          {list.hasNextPage ? (
            <Button
              size="small"
              loading={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
              style={{ alignSelf: 'start' }}
            >
              {t('shell:action.more')}
            </Button>
          ) : (
            <span className="hub-quiet">{t('note')}</span>
          )}
        </>
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
