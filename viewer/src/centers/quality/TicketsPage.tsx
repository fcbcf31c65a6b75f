import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Drawer, Form, Input, Modal, Segmented, Select, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, post } from '../../api/client.ts';
import { may } from '../../shell/access.ts';
import { dateTime } from '../../shell/format.ts';
import { useInstitutions } from '../../shell/useInstitutions.ts';
import { useSession } from '../../shell/session.tsx';
import { errorText } from '../../shell/states.tsx';
import { FigureTable } from './FigureTable.tsx';
import { ActDialog } from './ticket/ActDialog.tsx';
import { ticketTitle } from '../../shell/ticketTitle.ts';
import { ACTS, type Ticket, type TicketAct } from './ticket/ticket.ts';
import { TicketHistory } from './ticket/TicketHistory.tsx';
import { TicketRules } from './TicketRules.tsx';

const STATES = ['open', 'feedback', 'verified', 'closed', 'reopened'] as const;

/** 督办单: opened by rule or by hand, feedback with evidence, verification, closing, reopening; history of each. */
export default function TicketsPage() {
  const { t, i18n } = useTranslation(['quality', 'shell']);
  const title = (row: Ticket) => ticketTitle(row, t, i18n.language);
  const session = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [state, setState] = useState<(typeof STATES)[number] | 'all'>('open');
  const [acting, setActing] = useState<{ ticket: Ticket; act: TicketAct } | null>(null);
  const [shown, setShown] = useState<Ticket | null>(null);
  const [rules, setRules] = useState(false);
  const [opening, setOpening] = useState(false);
  const institutions = useInstitutions();
  const reviews = may(session, 'quality.review');
  const acts = (row: Ticket) =>
    (ACTS[row.state] ?? []).filter((act) =>
      may(session, act === 'feedback' ? 'ticket.work' : 'quality.review'),
    );
  const tickets = useQuery({
    queryKey: ['tickets', state],
    queryFn: () => get<{ items: Ticket[] }>(`/api/tickets${state === 'all' ? '' : `?state=${state}`}`),
  });
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
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
        <Button onClick={() => setRules(true)}>{t('ticketRule.title')}</Button>
        {reviews && (
          <Button type="primary" onClick={() => setOpening(true)}>
            {t('ticketRule.byHand')}
          </Button>
        )}
      </div>
      <FigureTable<Ticket>
        title={t('nav.tickets')}
        rows={tickets.data?.items}
        error={tickets.error}
        retry={() => void tickets.refetch()}
        rowKey={(row) => row.id}
        empty={t('noTickets')}
        columns={[
          {
            title: t('column.number'),
            number: true,
            text: (row) => row.number,
            render: (row) => (
              <Button type="link" size="small" onClick={() => setShown(row)}>
                {row.number}
              </Button>
            ),
          },
          {
            title: t('column.title'),
            text: title,
            render: (row) =>
              row.orderId ? <Link to={`/orders/${row.orderId}`}>{title(row)}</Link> : title(row),
          },
          {
            title: t('ticketRule.cause'),
            text: (row) =>
              [
                row.ruleCode
                  ? t(`ticketRule.name.${row.ruleCode}`)
                  : t(`ticketRule.kind.${row.kind}`, { defaultValue: row.kind }),
                row.members > 0 && t('ticketRule.members', { n: row.members }),
              ]
                .filter(Boolean)
                .join(' · '),
          },
          { title: t('shell:column.institution'), text: (row) => row.institutionName },
          {
            title: t('column.state'),
            text: (row) =>
              `${t(`ticket.${row.state}`)}${row.recurrences > 0 ? ` · ${t('ticketRule.recurred', { n: row.recurrences })}` : ''}`,
          },
          { title: t('ticketRule.responsible'), text: (row) => row.responsible },
          { title: t('ticketRule.step'), number: true, text: (row) => row.step },
          { title: t('column.created'), text: (row) => dateTime(row.createdAt) },
          {
            title: t('column.due'),
            text: (row) => (row.dueAt ? dateTime(row.dueAt) : null),
          },
          {
            title: t('column.acts'),
            pinned: true,
            text: () => '',
            render: (row) => (
              <Space>
                {acts(row).map((act) => (
                  <Button key={act} size="small" onClick={() => setActing({ ticket: row, act })}>
                    {t(`act.${act}`)}
                  </Button>
                ))}
              </Space>
            ),
          },
        ]}
      />
      {acting && (
        <ActDialog
          key={acting.ticket.id + acting.act}
          ticket={acting.ticket}
          act={acting.act}
          attempt={attempt}
          onClose={() => setActing(null)}
        />
      )}
      <Modal
        open={opening}
        title={t('ticketRule.byHand')}
        footer={null}
        onCancel={() => setOpening(false)}
        destroyOnHidden
      >
        <Form
          layout="vertical"
          onFinish={(values) =>
            void attempt(async () => {
              await post('/api/tickets', values);
              setOpening(false);
            })
          }
        >
          <Form.Item
            name="title"
            label={t('column.title')}
            rules={[{ required: true, message: t('required') }]}
          >
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item name="institutionId" label={t('column.site')}>
            <Select
              allowClear
              showSearch={{ optionFilterProp: 'label' }}
              options={(institutions.data ?? []).map((row) => ({ value: row.id, label: row.name }))}
            />
          </Form.Item>
          <Form.Item name="note" label={t('column.note')}>
            <Input.TextArea rows={3} maxLength={2000} />
          </Form.Item>
          <Button type="primary" htmlType="submit">
            {t('save')}
          </Button>
        </Form>
      </Modal>
      <Drawer
        open={shown !== null}
        onClose={() => setShown(null)}
        size={560}
        title={`${shown?.number ?? ''} ${shown?.title ?? ''}`}
      >
        {shown && <TicketHistory id={shown.id} />}
      </Drawer>
      <Drawer open={rules} onClose={() => setRules(false)} size={620} title={t('ticketRule.title')}>
        {rules && <TicketRules editable={reviews} />}
      </Drawer>
    </div>
  );
}
