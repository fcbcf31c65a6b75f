import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Input, Modal, Segmented, Space, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, post } from '../../api/client.ts';
import { ExportButton } from '../../shell/ExportButton.tsx';
import { dateTime } from '../../shell/format.ts';
import { errorText, Failed } from '../../shell/states.tsx';

interface Ticket {
  id: string;
  number: number;
  kind: string;
  title: string;
  state: string;
  dueAt: string | null;
  createdAt: string;
  orderId: string | null;
  institutionName: string | null;
  responsible: string | null;
}
type Act = 'feedback' | 'verify' | 'close' | 'reopen';
const ACTS: Record<string, Act[]> = {
  open: ['feedback'],
  reopened: ['feedback'],
  feedback: ['verify', 'reopen'],
  verified: ['close', 'reopen'],
  closed: ['reopen'],
};
const STATES = ['open', 'feedback', 'verified', 'closed', 'reopened'] as const;

/** 督办单: feedback, verification, closing, reopening; each with a note. */
export default function TicketsPage() {
  const { t } = useTranslation(['quality', 'shell']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const [state, setState] = useState<(typeof STATES)[number] | 'all'>('open');
  const [acting, setActing] = useState<{ ticket: Ticket; act: Act } | null>(null);
  const [note, setNote] = useState('');
  const tickets = useQuery({
    queryKey: ['tickets', state],
    queryFn: () => get<{ items: Ticket[] }>(`/api/tickets${state === 'all' ? '' : `?state=${state}`}`),
  });
  const send = async () => {
    if (!acting) return;
    try {
      await post(`/api/tickets/${acting.ticket.id}/acts`, { kind: acting.act, note });
      setActing(null);
      setNote('');
      await client.invalidateQueries({ queryKey: ['tickets'] });
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.tickets')}</h1>
        <Segmented
          value={state}
          onChange={setState}
          options={(['all', ...STATES] as const).map((value) => ({ value, label: t(`ticket.${value}`) }))}
        />
        <span className="hub-grow" />
        <ExportButton
          name={t('nav.tickets')}
          rows={tickets.data?.items ?? []}
          columns={[
            { title: t('column.number'), text: (row: Ticket) => String(row.number) },
            { title: t('column.title'), text: (row) => row.title },
            { title: t('shell:column.institution'), text: (row) => row.institutionName ?? '' },
            { title: t('column.state'), text: (row) => t(`ticket.${row.state}`) },
            { title: t('column.created'), text: (row) => dateTime(row.createdAt) },
          ]}
        />
      </div>
      {tickets.isError ? (
        <Failed error={tickets.error} retry={() => void tickets.refetch()} />
      ) : (
        <Table<Ticket>
          size="small"
          rowKey="id"
          dataSource={tickets.data?.items ?? []}
          loading={tickets.isPending}
          pagination={false}
          locale={{ emptyText: t('noTickets') }}
          columns={[
            { title: t('column.number'), dataIndex: 'number', width: 70 },
            {
              title: t('column.title'),
              render: (_, row) =>
                row.orderId ? <Link to={`/orders/${row.orderId}`}>{row.title}</Link> : row.title,
            },
            { title: t('shell:column.institution'), render: (_, row) => row.institutionName ?? '—' },
            { title: t('column.state'), render: (_, row) => t(`ticket.${row.state}`) },
            { title: t('column.created'), render: (_, row) => dateTime(row.createdAt) },
            { title: t('column.due'), render: (_, row) => (row.dueAt ? dateTime(row.dueAt) : '—') },
            {
              title: t('column.acts'),
              render: (_, row) => (
                <Space>
                  {(ACTS[row.state] ?? []).map((act) => (
                    <Button key={act} size="small" onClick={() => setActing({ ticket: row, act })}>
                      {t(`act.${act}`)}
                    </Button>
                  ))}
                </Space>
              ),
            },
          ]}
        />
      )}
      <Modal
        open={acting !== null}
        title={acting ? `${t(`act.${acting.act}`)} · ${acting.ticket.title}` : ''}
        onCancel={() => setActing(null)}
        onOk={() => void send()}
        okButtonProps={{ disabled: note.trim() === '' }}
      >
        <Input.TextArea
          autoFocus
          rows={4}
          value={note}
          onChange={(event) => setNote(event.target.value)}
          aria-label={t('column.note')}
          placeholder={t('notePlaceholder')}
        />
      </Modal>
    </div>
  );
}
