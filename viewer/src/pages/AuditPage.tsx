import { useInfiniteQuery } from '@tanstack/react-query';
import { App, AutoComplete, Button, DatePicker, Input, Select, Table } from 'antd';
import type { Dayjs } from 'dayjs';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post, query } from '../api/client.ts';
import type { Page } from '../api/types.ts';
import { ExportButton } from '../shell/ExportButton.tsx';
import { clockTime, dateOnly } from '../shell/format.ts';
import { errorText, Failed } from '../shell/states.tsx';
import { instantOf } from '../shell/countyTime.ts';
import { MoreButton } from '../shell/MoreButton.tsx';

interface AuditRow {
  seq: number;
  at: string;
  actorKind: string;
  actorName: string | null;
  action: string;
  subjectType: string | null;
  subjectId: string | null;
  outcome: 'done' | 'denied' | 'failed';
  address: string | null;
  requestId: string | null;
  detail: Record<string, unknown>;
  sealed: boolean;
}

/** The audit trail: who did what to which record, and whether the chain holds. */
export default function AuditPage() {
  const { t } = useTranslation(['audit', 'shell']);
  const { message, modal } = App.useApp();
  const [typed, setTyped] = useState('');
  const words = useMemo(() => t('actions', { returnObjects: true }) as Record<string, string>, [t]);
  const word = (action: string) => words[action] ?? action;
  const [filter, setFilter] = useState<{
    action?: string;
    outcome?: string;
    subjectId?: string;
    from?: string;
    to?: string;
  }>({});
  const list = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam }) =>
      get<Page<AuditRow>>(`/api/audit${query({ ...filter, limit: 100, cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor ?? null,
    placeholderData: (previous) => previous,
  });
  const rows = useMemo(() => (list.data?.pages ?? []).flatMap((page) => page.items), [list.data]);
  const set = (part: Record<string, string | undefined>) =>
    setFilter((before) =>
      Object.fromEntries(Object.entries({ ...before, ...part }).filter(([, value]) => value)),
    );
  const verify = async () => {
    try {
      const answer = await post<{
        ok?: boolean;
        valid?: boolean;
        rows?: number;
        checked?: number;
        fault?: string;
        [more: string]: unknown;
      }>('/api/audit/verify');
      const good = answer.ok ?? answer.valid ?? !answer.fault;
      modal[good ? 'success' : 'error']({
        title: t(good ? 'chainHolds' : 'chainBroken'),
        content: <pre className="hub-prewrap">{JSON.stringify(answer, null, 2)}</pre>,
      });
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  const columns = [
    {
      key: 'at',
      title: t('at'),
      width: 150,
      text: (row: AuditRow) => `${dateOnly(row.at)} ${clockTime(row.at)}`,
    },
    {
      key: 'actor',
      title: t('actor'),
      width: 110,
      text: (row: AuditRow) => row.actorName ?? t(`kinds.${row.actorKind}`, { defaultValue: row.actorKind }),
    },
    { key: 'action', title: t('action'), width: 190, text: (row: AuditRow) => word(row.action) },
    {
      key: 'subject',
      title: t('subject'),
      text: (row: AuditRow) =>
        [
          row.subjectType && t(`subjects.${row.subjectType}`, { defaultValue: row.subjectType }),
          row.subjectId,
        ]
          .filter(Boolean)
          .join(' '),
    },
    { key: 'outcome', title: t('outcome'), width: 80, text: (row: AuditRow) => t(`outcomes.${row.outcome}`) },
    { key: 'address', title: t('address'), width: 110, text: (row: AuditRow) => row.address ?? '' },
    { key: 'sealed', title: t('sealed'), width: 70, text: (row: AuditRow) => t(row.sealed ? 'yes' : 'no') },
  ];
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('shell:rail.audit')}</h1>
        <AutoComplete
          value={typed}
          onChange={(value: string) => {
            setTyped(value);
            if (!value) set({ action: undefined });
          }}
          onSelect={(value: string) => set({ action: value })}
          options={Object.entries(words)
            .filter(([code, each]) => `${code} ${each}`.toLowerCase().includes(typed.trim().toLowerCase()))
            .map(([code, each]) => ({ value: code, label: `${each} ${code}` }))}
          popupMatchSelectWidth={320}
          style={{ width: 190 }}
        >
          <Input.Search
            allowClear
            placeholder={t('actionFilter')}
            aria-label={t('actionFilter')}
            onSearch={(value) => set({ action: value.trim() })}
          />
        </AutoComplete>
        <Input.Search
          allowClear
          placeholder={t('subjectFilter')}
          aria-label={t('subjectFilter')}
          onSearch={(value) => set({ subjectId: value.trim() })}
          style={{ width: 220 }}
        />
        <Select
          allowClear
          placeholder={t('outcome')}
          aria-label={t('outcome')}
          style={{ width: 110 }}
          onChange={(value: string | undefined) => set({ outcome: value })}
          options={['done', 'denied', 'failed'].map((value) => ({ value, label: t(`outcomes.${value}`) }))}
        />
        <DatePicker.RangePicker
          onChange={(span: [Dayjs | null, Dayjs | null] | null) =>
            set({
              from: span?.[0] ? instantOf(span[0].startOf('day')) : undefined,
              to: span?.[1] ? instantOf(span[1].endOf('day')) : undefined,
            })
          }
        />
        <span className="hub-grow" />
        <Button onClick={() => void verify()}>{t('verify')}</Button>
        <ExportButton
          name={t('shell:rail.audit')}
          columns={columns.flatMap((c) => [
            { title: c.title, text: c.text },
            ...(c.key === 'action' ? [{ title: t('code'), text: (row: AuditRow) => row.action }] : []),
          ])}
          rows={rows}
        />
      </div>
      {list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : (
        <div className="hub-scroll">
          <Table<AuditRow>
            size="small"
            rowKey="seq"
            loading={list.isPending}
            dataSource={rows}
            pagination={false}
            sticky
            locale={{ emptyText: t('empty') }}
            expandable={{
              expandedRowRender: (row) => (
                <pre className="hub-prewrap">
                  {JSON.stringify({ requestId: row.requestId, ...row.detail }, null, 2)}
                </pre>
              ),
            }}
            columns={columns.map((column) => ({
              key: column.key,
              title: column.title,
              ...(column.width ? { width: column.width } : {}),
              ellipsis: true,
              render: (_: unknown, row: AuditRow) => (
                <span className={column.key === 'outcome' && row.outcome !== 'done' ? 'hub-tone-breach' : ''}>
                  {column.text(row)}
                  {column.key === 'action' && word(row.action) !== row.action && (
                    <small className="hub-quiet"> {row.action}</small>
                  )}
                </span>
              ),
            }))}
          />
          <MoreButton list={list} />
        </div>
      )}
    </div>
  );
}
