import { useQuery } from '@tanstack/react-query';
import { App, Button, Input, Modal, Select, Space, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { get, post } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { Failed, Loading } from '../../shell/states.tsx';
import { stateTone } from './MessagesPage.tsx';
import { useInterfaceAct, useInterfaces } from './useInterfaces.ts';
import './interfaces.css';

interface Detail {
  id: number;
  direction: string;
  sender: string;
  address: string | null;
  controlId: string;
  messageType: string;
  triggerEvent: string;
  state: string;
  answerCode: string | null;
  problem: string | null;
  charset: string | null;
  size: number;
  replays: number;
  raw: string;
  truncated: boolean;
  /** The reader sees no clinical data: fields of patients and results are dots. */
  hidden?: true;
  answer: string | null;
  orderIds: string[];
  accessionNumbers: string[];
  placerNumbers: string[];
  institutionName: string | null;
  decoded: {
    charset: string | null;
    warnings: string[];
    segments: { id: string; fields: { n: number; value: string }[] }[];
  };
  timeline: { kind: string; at: string; actorName: string | null; detail: Record<string, unknown> }[];
}

/** What a person may do again, as the hub allows it. */
const AGAIN: Record<string, string[]> = {
  in: ['failed', 'held', 'refused'],
  out: ['dead', 'ambiguous', 'acknowledged'],
};
const RESOLVABLE = ['held', 'failed', 'conflict', 'dead', 'ambiguous'];

/** One message: raw and decoded side by side, the answer, what happened, and what a person can do. */
export default function MessagePage() {
  const { t } = useTranslation(['interfaces', 'shell']);
  const { number = '' } = useParams();
  const { act, busy } = useInterfaceAct();
  const { message: toast } = App.useApp();
  const [asking, setAsking] = useState<'resend' | 'resolve' | null>(null);
  const [reason, setReason] = useState('');
  const [item, setItem] = useState('');
  const message = useInterfaces<Detail>(`messages/${number}`, (one) => one.state === 'received');
  if (message.isPending) return <Loading rows={8} />;
  if (message.isError) return <Failed error={message.error} retry={() => void message.refetch()} />;
  const one = message.data;
  const unknown = one.state === 'held' ? /^OBR-4: code (\S+)/.exec(one.problem ?? '')?.[1] : undefined;
  const mayRun = reason.trim().length >= 2;
  const run = async () => {
    if (!mayRun) return;
    const done = await act(
      () => post(`/api/hl7/messages/${number}/${asking ?? ''}`, { reason }),
      () => t('done'),
    );
    if (done !== undefined) setAsking(null);
  };
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">
          {t('message.title', { id: one.id })} {[one.messageType, one.triggerEvent].filter(Boolean).join('^')}
        </h1>
        <span
          className={`hub-status hub-tone-${stateTone(one.state)}`}
        >{`${t(`message.${one.state}`)} ${one.answerCode ?? ''}`}</span>
        <span className="hub-quiet">
          {one.sender} · {one.address} · {one.controlId} · {one.charset ?? one.decoded.charset} · {one.size} B
          {one.replays > 0 ? ` · ${t('message.replays', { n: one.replays })}` : ''}
        </span>
        <span className="hub-grow" />
        {!one.hidden &&
          one.orderIds.slice(0, 3).map((id, n) => (
            <Link key={id} to={`/orders/${id}`}>
              {one.accessionNumbers[n] ?? one.placerNumbers[n] ?? t('message.case')}
            </Link>
          ))}
        <Button
          onClick={() =>
            void navigator.clipboard.writeText(one.raw).then(() => toast.success(t('message.copied')))
          }
        >
          {t('message.copy')}
        </Button>
        <Button
          disabled={!AGAIN[one.direction]?.includes(one.state)}
          title={AGAIN[one.direction]?.includes(one.state) ? '' : t('message.notAgain')}
          onClick={() => {
            setReason('');
            setAsking('resend');
          }}
        >
          {t(one.direction === 'in' ? 'message.again' : 'message.resend')}
        </Button>
        <Button
          disabled={!RESOLVABLE.includes(one.state)}
          onClick={() => {
            setReason('');
            setAsking('resolve');
          }}
        >
          {t('message.resolve')}
        </Button>
      </div>
      <div className="hub-scroll hub-int-stack">
        {one.hidden && <p className="hub-quiet">{t('message.hidden')}</p>}
        {one.problem && <p className="hub-tone-breach">{one.problem}</p>}
        {unknown && (
          <Space wrap>
            <span>{t('message.mapCode', { code: unknown })}</span>
            <Mapping value={item} onChange={setItem} />
            <Button
              type="primary"
              loading={busy}
              disabled={item === ''}
              onClick={() =>
                void act(
                  () =>
                    post(`/api/hl7/messages/${number}/map`, {
                      mappings: [{ senderCode: unknown, itemCode: item }],
                    }),
                  () => t('done'),
                )
              }
            >
              {t('map')}
            </Button>
          </Space>
        )}
        {one.decoded.warnings.map((warning) => (
          <p key={warning} className="hub-tone-warn">
            {warning}
          </p>
        ))}
        <div className="hub-int-pair">
          <section className="hub-panel">
            <h2 className="hub-title">{t('message.raw')}</h2>
            <pre className="hub-int-raw">{one.raw}</pre>
            {one.truncated && <p className="hub-quiet">{t('message.truncated')}</p>}
            {one.answer && (
              <>
                <h2 className="hub-title">{t('message.answer')}</h2>
                <pre className="hub-int-raw">{one.answer}</pre>
              </>
            )}
          </section>
          <section className="hub-panel">
            <h2 className="hub-title">{t('message.decoded')}</h2>
            <Table
              size="small"
              rowKey={(row) => `${row.position} ${row.place}`}
              pagination={false}
              dataSource={one.decoded.segments.flatMap((segment, position) =>
                segment.fields.map((field) => ({
                  position,
                  place: `${segment.id}-${field.n}`,
                  value: field.value,
                })),
              )}
              columns={[
                {
                  title: t('message.field'),
                  dataIndex: 'place',
                  width: 90,
                  onCell: () => ({ style: { whiteSpace: 'nowrap' as const } }),
                },
                {
                  title: t('value'),
                  dataIndex: 'value',
                  onCell: () => ({ style: { wordBreak: 'break-all' as const } }),
                },
              ]}
            />
          </section>
        </div>
        <section className="hub-panel">
          <h2 className="hub-title">{t('message.timeline')}</h2>
          <ol className="hub-int-way">
            {one.timeline.map((step, index) => (
              <li key={index}>
                {dateTime(step.at)} <b>{t(`message.step.${step.kind}`)}</b> {step.actorName}{' '}
                <span className="hub-quiet">
                  {typeof step.detail.reason === 'string' ? step.detail.reason : ''}
                </span>
              </li>
            ))}
          </ol>
        </section>
      </div>
      <Modal
        open={asking !== null}
        title={asking ? t(`message.${asking}`) : ''}
        okButtonProps={{ disabled: !mayRun, loading: busy }}
        onOk={() => void run()}
        onCancel={() => setAsking(null)}
        destroyOnHidden
      >
        <p>{asking === 'resend' ? t('message.resendWhat') : t('message.resolveWhat')}</p>
        <Input
          autoFocus
          value={reason}
          placeholder={t('reason')}
          aria-label={t('reason')}
          onChange={(event) => setReason(event.target.value)}
          onPressEnter={() => void run()}
        />
      </Modal>
    </div>
  );
}

/** Items of every centre, to map a sender's code on. */
function Mapping({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation('interfaces');
  const items = useQuery({
    queryKey: ['catalogue'],
    queryFn: ({ signal }) => get<{ items: { code: string; name: string }[] }>('/api/catalogue', signal),
  });
  return (
    <Select
      showSearch={{ optionFilterProp: 'label' }}
      style={{ width: 280 }}
      aria-label={t('message.itemCode')}
      placeholder={t('message.itemCode')}
      {...(value !== '' && { value })}
      onChange={onChange}
      options={(items.data?.items ?? []).map((one) => ({
        value: one.code,
        label: `${one.code} ${one.name}`,
      }))}
    />
  );
}
