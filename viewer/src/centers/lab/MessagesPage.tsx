import { Alert, Button, Input, Select, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { query } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { Failed, Loading } from '../../shell/states.tsx';
import { useLab } from './useLab.ts';

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
interface Alarms {
  silent: { sender: string | null; lastSeenAt: string }[];
  queues: { name: string; waiting: number; oldest: string }[];
  stuck: { state: string; direction: string; n: number }[];
  unknown: { sender: string | null; address: string | null; attempts: number }[];
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

/** HL7 and ASTM messages: search, state, alarms. Content opens one at a time and is audited. */
export default function MessagesPage() {
  const { t } = useTranslation(['lab', 'shell']);
  const [filter, setFilter] = useState<{ q?: string; state?: string; direction?: string }>({});
  const [cursors, setCursors] = useState<string[]>([]);
  const page = useLab<{ items: Row[]; nextCursor: string | null }>(
    `hl7/messages${query({ ...filter, cursor: cursors.at(-1), limit: 50 })}`,
  );
  const alarms = useLab<Alarms>('hl7/alarms');
  const change = (part: Partial<Record<'q' | 'state' | 'direction', string | undefined>>) => {
    setCursors([]);
    setFilter(
      Object.fromEntries(
        Object.entries({ ...filter, ...part }).filter(([, value]) => value !== undefined && value !== ''),
      ),
    );
  };
  const said = alarms.data
    ? [
        ...alarms.data.queues.map((one) =>
          t('alarm.queue', { name: one.name, n: one.waiting, at: dateTime(one.oldest) }),
        ),
        ...alarms.data.stuck.map((one) => t('alarm.stuck', { n: one.n, state: t(`message.${one.state}`) })),
        ...alarms.data.silent.map((one) =>
          t('alarm.silent', { name: one.sender ?? '', at: dateTime(one.lastSeenAt) }),
        ),
        ...alarms.data.unknown.map((one) =>
          t('alarm.unknown', { name: one.sender ?? '', address: one.address ?? '', n: one.attempts }),
        ),
      ]
    : [];
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.messages')}</h1>
        <Input.Search
          allowClear
          style={{ width: 240 }}
          placeholder={t('message.search')}
          aria-label={t('message.search')}
          onSearch={(q) => change({ q })}
        />
        <Select
          allowClear
          style={{ width: 120 }}
          placeholder={t('message.direction')}
          aria-label={t('message.direction')}
          onChange={(direction?: string) => change({ direction })}
          options={['in', 'out'].map((value) => ({ value, label: t(`message.${value}`) }))}
        />
        <Select
          allowClear
          style={{ width: 140 }}
          placeholder={t('col.state')}
          aria-label={t('col.state')}
          onChange={(state?: string) => change({ state })}
          options={STATES.map((value) => ({ value, label: t(`message.${value}`) }))}
        />
      </div>
      <div className="hub-scroll">
        {said.length > 0 && (
          <Alert
            type="warning"
            showIcon
            title={t('alarm.title')}
            description={
              <ul className="lab-way">
                {said.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            }
          />
        )}
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
              columns={[
                { title: '#', render: (_, row) => <Link to={`/lab/messages/${row.id}`}>{row.id}</Link> },
                { title: t('col.at'), render: (_, row) => dateTime(row.receivedAt) },
                { title: t('message.direction'), render: (_, row) => t(`message.${row.direction}`) },
                {
                  title: t('message.sender'),
                  render: (_, row) =>
                    `${row.sender}${row.institutionName ? ` · ${row.institutionName}` : ''}`,
                },
                {
                  title: t('message.type'),
                  render: (_, row) => [row.messageType, row.triggerEvent].filter(Boolean).join('^'),
                },
                { title: t('message.control'), dataIndex: 'controlId', ellipsis: true },
                {
                  title: t('col.state'),
                  render: (_, row) => (
                    <span
                      className={`hub-status hub-tone-${stateTone(row.state)}`}
                    >{`${t(`message.${row.state}`)}${row.answerCode ? ` ${row.answerCode}` : ''}`}</span>
                  ),
                },
                {
                  title: t('message.orders'),
                  render: (_, row) => [...row.placerNumbers, ...row.accessionNumbers].join(' '),
                },
                { title: t('message.problem'), dataIndex: 'problem', ellipsis: true },
              ]}
            />
            <Button disabled={cursors.length === 0} onClick={() => setCursors(cursors.slice(0, -1))}>
              {t('newer')}
            </Button>{' '}
            <Button
              disabled={!page.data.nextCursor}
              onClick={() => page.data.nextCursor && setCursors([...cursors, page.data.nextCursor])}
            >
              {t('older')}
            </Button>
          </>
        )}
      </div>
    </div>
  );
}
