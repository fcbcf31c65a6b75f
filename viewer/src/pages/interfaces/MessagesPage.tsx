import { Button, DatePicker, Input, Select, Table } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { query } from '../../api/client.ts';
import { ExportButton } from '../../shell/ExportButton.tsx';
import type { ExportColumn } from '../../shell/exportRows.ts';
import { dateTime } from '../../shell/format.ts';
import { Failed, Loading } from '../../shell/states.tsx';
import { useInterfaces } from './useInterfaces.ts';
import { instantOf } from '../../shell/countyTime.ts';

interface Row {
  id: number;
  direction: 'in' | 'out';
  wire: string;
  sender: string;
  controlId: string;
  messageType: string;
  triggerEvent: string;
  size: number;
  state: string;
  answerCode: string | null;
  problem: string | null;
  placerNumbers: string[];
  accessionNumbers: string[];
  replays: number;
  receivedAt: string;
  institutionName: string | null;
}
const STATES = [
  'received',
  'accepted',
  'held',
  'refused',
  'rejected',
  'conflict',
  'failed',
  'waiting',
  'sent',
  'acknowledged',
  'dead',
  'ambiguous',
  'resolved',
];
export const stateTone = (state: string): string =>
  ['refused', 'rejected', 'conflict', 'failed', 'dead'].includes(state)
    ? 'breach'
    : ['held', 'ambiguous'].includes(state)
      ? 'warn'
      : ['accepted', 'acknowledged'].includes(state)
        ? 'done'
        : 'waiting';

interface Filter {
  q?: string;
  state?: string;
  direction?: string;
  type?: string;
  sender?: string;
  from?: string;
  to?: string;
}
const FIELDS = ['q', 'state', 'direction', 'type', 'sender', 'from', 'to'] as const;

/** HL7 and ASTM messages: search and state. Content opens one at a time and is audited. The filter is the address. */
export default function MessagesPage() {
  const { t } = useTranslation(['interfaces', 'shell']);
  const navigate = useNavigate();
  const [address, setAddress] = useSearchParams();
  const filter: Filter = Object.fromEntries(
    FIELDS.flatMap((name) => {
      const value = address.get(name);
      return value ? [[name, value]] : [];
    }),
  );
  const [cursors, setCursors] = useState<string[]>([]);
  const page = useInterfaces<{ items: Row[]; nextCursor: string | null }>(
    `messages${query({ ...filter, cursor: cursors.at(-1), limit: 50 })}`,
  );
  const change = (part: Filter) => {
    setCursors([]);
    setAddress(
      Object.fromEntries(Object.entries({ ...filter, ...part }).filter(([, value]) => Boolean(value))),
      { replace: true },
    );
  };
  const columns: (ExportColumn<Row> & { width?: number; render?: (row: Row) => ReactNode })[] = [
    { title: t('at'), width: 130, text: (row) => dateTime(row.receivedAt) },
    { title: t('message.direction'), width: 56, text: (row) => t(`message.${row.direction}`) },
    {
      title: t('message.sender'),
      text: (row) => `${row.sender}${row.institutionName ? ` · ${row.institutionName}` : ''}`,
    },
    {
      title: t('message.type'),
      width: 90,
      text: (row) => [row.messageType, row.triggerEvent].filter(Boolean).join('^'),
    },
    { title: t('message.control'), width: 160, text: (row) => row.controlId },
    {
      title: t('state'),
      width: 110,
      text: (row) => `${t(`message.${row.state}`)} ${row.answerCode ?? ''}`.trim(),
      render: (row) => (
        <span className={`hub-status hub-tone-${stateTone(row.state)}`}>
          {`${t(`message.${row.state}`)} ${row.answerCode ?? ''}`.trim()}
        </span>
      ),
    },
    { title: t('message.orders'), text: (row) => [...row.placerNumbers, ...row.accessionNumbers].join(' ') },
    { title: t('message.problem'), text: (row) => row.problem ?? '' },
  ];
  return (
    <div className="hub-scroll">
      <div className="hub-bar">
        <Input.Search
          allowClear
          style={{ width: 280 }}
          defaultValue={filter.q}
          placeholder={t('message.search')}
          aria-label={t('message.search')}
          onSearch={(q) => change({ q })}
        />
        <Select
          allowClear
          style={{ width: 92 }}
          value={filter.direction ?? null}
          placeholder={t('message.direction')}
          aria-label={t('message.direction')}
          onChange={(direction) => change({ direction: direction ?? '' })}
          options={['in', 'out'].map((value) => ({ value, label: t(`message.${value}`) }))}
        />
        <Select
          allowClear
          style={{ width: 120 }}
          value={filter.state ?? null}
          placeholder={t('state')}
          aria-label={t('state')}
          onChange={(state) => change({ state: state ?? '' })}
          options={STATES.map((value) => ({ value, label: t(`message.${value}`) }))}
        />
        <Select
          allowClear
          style={{ width: 100 }}
          value={filter.type ?? null}
          placeholder={t('message.type')}
          aria-label={t('message.type')}
          onChange={(type) => change({ type: type ?? '' })}
          options={['ADT', 'ORM', 'OML', 'ORU', 'ASTM'].map((value) => ({ value, label: value }))}
        />
        <Input
          allowClear
          style={{ width: 150 }}
          value={filter.sender}
          placeholder={t('message.sender')}
          aria-label={t('message.sender')}
          onChange={(event) => change({ sender: event.target.value })}
        />
        <DatePicker.RangePicker
          showTime={{ format: 'HH:mm' }}
          format="YYYY-MM-DD HH:mm"
          style={{ width: 300 }}
          placeholder={[t('message.from'), t('message.to')]}
          onChange={(range) =>
            change({
              from: range?.[0] ? instantOf(range[0]) : '',
              to: range?.[1] ? instantOf(range[1]) : '',
            })
          }
        />
        <span className="hub-grow" />
        <ExportButton name={t('tabs.messages')} columns={columns} rows={page.data?.items ?? []} />
      </div>
      {page.isPending ? (
        <Loading />
      ) : page.isError ? (
        <Failed error={page.error} retry={() => void page.refetch()} />
      ) : (
        <>
          <Table
            size="small"
            rowKey="id"
            pagination={false}
            dataSource={page.data.items}
            locale={{ emptyText: t('message.none') }}
            onRow={(row) => ({
              tabIndex: 0,
              style: { cursor: 'pointer' },
              onClick: () => void navigate(`/interfaces/messages/${row.id}`),
              onKeyDown: (event) => {
                if (event.key === 'Enter') void navigate(`/interfaces/messages/${row.id}`);
              },
            })}
            columns={[
              {
                title: '#',
                width: 76,
                render: (_, row) => <Link to={`/interfaces/messages/${row.id}`}>{row.id}</Link>,
              },
              ...columns.map(({ title, width, text, render }) => ({
                title,
                ...(width !== undefined && { width }),
                ellipsis: true,
                render: (_: unknown, row: Row) => (render ? render(row) : text(row)),
              })),
            ]}
          />
          <div className="hub-bar">
            <Button disabled={cursors.length === 0} onClick={() => setCursors(cursors.slice(0, -1))}>
              {t('newer')}
            </Button>
            <Button
              disabled={!page.data.nextCursor}
              onClick={() => page.data.nextCursor && setCursors([...cursors, page.data.nextCursor])}
            >
              {t('older')}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
