import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Alert, App, Button, DatePicker, Input, Radio, Select } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, post, query } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { ListTable, type ListColumn } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { soundWrong } from '../../shell/sound.ts';
import { useScanner } from '../../shell/useScanner.ts';
import './pathology.css';
import { useAct } from './useAct.ts';

interface Item {
  id: string;
  type: 'container' | 'block' | 'slide';
  orderId: string;
  accessionNumber: string;
  pathologyNumber: string | null;
  patientName: string | null;
  barcode: string;
  label: string;
  what: string | null;
  state: string;
  place: string | null;
  holder: string | null;
  dueBack: string | null;
  since: string | null;
}
interface Listed {
  items: Item[];
  nextCursor: string | null;
}
interface Move {
  id: number;
  kind: string;
  place: string | null;
  holder: string;
  dueBack: string | null;
  reason: string | null;
  at: string;
  actorName: string;
}

const acts = [
  'look',
  'stored',
  'loaned',
  'returned',
  'handed-over',
  'missing',
  'found',
  'discarded',
] as const;
type Act = (typeof acts)[number];
const needsPlace: readonly Act[] = ['stored', 'returned', 'handed-over', 'found'];
const needsReason: readonly Act[] = ['missing', 'discarded'];
/** What was typed for one act is not sent with another: who returns a block no longer holds it. */
const takesHolder: readonly Act[] = ['loaned', 'handed-over'];
const takesReason: readonly Act[] = [...needsReason, 'loaned'];
const today = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);

/** The key of a state's word: jars, blocks and slides have their own. */
export const stateKey = ({ type, state }: Pick<Item, 'type' | 'state'>) =>
  `${type === 'container' ? 'jar' : type === 'block' ? 'blockState' : 'slideState'}.${state}`;

/** Where every jar, block and slide is: one act is set, then one scan after the other does it. */
export default function StorePage() {
  const { t } = useTranslation(['pathology', 'shell']);
  const { message } = App.useApp();
  const [act, setAct] = useState<Act>('look');
  const [place, setPlace] = useState('');
  const [holder, setHolder] = useState('');
  const [dueBack, setDueBack] = useState('');
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [barcode, setBarcode] = useState<string | null>(null);
  const [done, setDone] = useState<string[]>([]);
  const [q, setQ] = useState('');
  const [asked, setAsked] = useState('');
  const [type, setType] = useState<string | undefined>();
  const [state, setState] = useState<string | undefined>();
  const item = useQuery({
    queryKey: ['pathology', 'item', barcode],
    queryFn: () => get<Item & { moves: Move[] }>(`/api/pathology/items/${encodeURIComponent(barcode ?? '')}`),
    enabled: barcode !== null,
    retry: false,
  });
  const ask = (cursor: string) =>
    get<Listed>(`/api/pathology/items${query({ q: asked, type, state, cursor, limit: 100 })}`);
  const list = useInfiniteQuery({
    queryKey: ['pathology', 'items', asked, type, state],
    queryFn: ({ pageParam }) => ask(pageParam),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
  });
  const { act: run, busy } = useAct(() => {
    void item.refetch();
    void list.refetch();
  });
  const missing =
    (needsPlace.includes(act) && !place.trim() && 'store.needsPlace') ||
    (act === 'loaned' && (!holder.trim() || !dueBack) && 'store.needsLoan') ||
    (needsReason.includes(act) && !reason.trim() && 'store.needsReason') ||
    null;
  const scan = async (code: string) => {
    setTyped('');
    setBarcode(code);
    if (act === 'look') return;
    if (missing) {
      soundWrong();
      message.error(t(missing));
      return;
    }
    const stood = await run(() =>
      post('/api/pathology/moves', {
        barcode: code,
        kind: act,
        ...(needsPlace.includes(act) && { place: place.trim() }),
        ...(takesHolder.includes(act) && holder.trim() && { holder: holder.trim() }),
        ...(act === 'loaned' && { dueBack }),
        ...(takesReason.includes(act) && reason.trim() && { reason: reason.trim() }),
      }),
    );
    if (stood) setDone((before) => [code, ...before].slice(0, 200));
  };
  useScanner((code) => void scan(code));
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  /** All pages, for the export. */
  const all = async () => {
    const items: Item[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const next: Listed = await ask(cursor);
      items.push(...next.items);
      cursor = next.nextCursor;
    }
    return items;
  };
  const columns: ListColumn<Item>[] = [
    { title: t('store.type'), text: (row) => t(`store.${row.type}`) },
    { title: t('bench.what'), text: (row) => [row.label, row.what].filter(Boolean).join(' '), wrap: 320 },
    {
      title: t('bench.barcode'),
      text: (row) => row.barcode,
      render: (row) => (
        <Button type="link" size="small" onClick={() => setBarcode(row.barcode)}>
          {row.barcode}
        </Button>
      ),
    },
    { title: t('frozen.state'), text: (row) => t(stateKey(row)) },
    { title: t('store.place'), text: (row) => row.place },
    { title: t('store.holder'), text: (row) => row.holder },
    {
      title: t('store.dueBack'),
      text: (row) => row.dueBack,
      render: (row) =>
        row.dueBack && row.dueBack < today() ? (
          <span className="hub-tone-breach">{t('store.overdue', { day: row.dueBack })}</span>
        ) : (
          row.dueBack
        ),
    },
    { title: t('store.since'), text: (row) => (row.since ? dateTime(row.since) : '') },
  ];
  return (
    <div className="path-page">
      <div className="path-store">
        <section className="path-form" aria-label={t('store.act')}>
          <Radio.Group
            value={act}
            optionType="button"
            aria-label={t('store.act')}
            options={acts.map((value) => ({ value, label: t(`store.acts.${value}`) }))}
            onChange={(event) => {
              setAct(event.target.value as Act);
              setDone([]);
            }}
          />
          {act !== 'look' && (
            <div className="hub-row" style={{ flexWrap: 'wrap' }}>
              {needsPlace.includes(act) && (
                <Input
                  style={{ width: 200 }}
                  value={place}
                  maxLength={60}
                  aria-label={t('store.place')}
                  placeholder={t('store.placeHint')}
                  onChange={(event) => setPlace(event.target.value)}
                />
              )}
              {takesHolder.includes(act) && (
                <Input
                  style={{ width: 200 }}
                  value={holder}
                  maxLength={60}
                  aria-label={t('store.holder')}
                  placeholder={t('store.borrower')}
                  onChange={(event) => setHolder(event.target.value)}
                />
              )}
              {act === 'loaned' && (
                <DatePicker
                  aria-label={t('store.dueBack')}
                  placeholder={t('store.dueBack')}
                  minDate={dayjs(today())}
                  value={dueBack ? dayjs(dueBack) : null}
                  onChange={(_, text) => setDueBack(typeof text === 'string' ? text : '')}
                />
              )}
              {takesReason.includes(act) && (
                <Input
                  style={{ width: 240 }}
                  value={reason}
                  maxLength={400}
                  aria-label={t('store.reason')}
                  placeholder={t('store.reason')}
                  onChange={(event) => setReason(event.target.value)}
                />
              )}
            </div>
          )}
          <div className="hub-row">
            <Input
              style={{ maxWidth: 320 }}
              value={typed}
              aria-label={t('store.scan')}
              placeholder={t('store.scan')}
              onChange={(event) => setTyped(event.target.value)}
              onPressEnter={() => typed.trim().length >= 3 && void scan(typed.trim())}
            />
            <Button
              type="primary"
              danger={act === 'discarded'}
              loading={busy}
              disabled={typed.trim().length < 3 || missing !== null}
              onClick={() => void scan(typed.trim())}
            >
              {t(`store.acts.${act}`)}
            </Button>
            {done.length > 0 && (
              <span className="hub-tone-done">{t('store.done', { count: done.length, last: done[0] })}</span>
            )}
          </div>
          {missing && <p className="hub-quiet">{t(missing)}</p>}
        </section>
        <section className="path-flow" aria-label={t('store.history')} style={{ padding: 0 }}>
          {barcode === null && <p className="hub-quiet">{t('store.historyEmpty')}</p>}
          {barcode !== null && item.isPending && <Loading rows={3} />}
          {barcode !== null && item.isError && (
            <Alert type="warning" showIcon title={t('store.unknown', { barcode })} />
          )}
          {item.data && barcode !== null && (
            <>
              <h3>
                {t(`store.${item.data.type}`)} <span className="hub-num">{item.data.barcode}</span> ·{' '}
                {item.data.label} {item.data.what} · {t(stateKey(item.data))} ·{' '}
                <Link to={`/orders/${item.data.orderId}`}>
                  {item.data.pathologyNumber ?? item.data.accessionNumber}
                </Link>{' '}
                {item.data.patientName}
              </h3>
              <div className="path-moves">
                <table>
                  <tbody>
                    {item.data.moves.map((move) => (
                      <tr key={move.id}>
                        <td className="hub-num">{dateTime(move.at)}</td>
                        <td>{t(`move.${move.kind}`)}</td>
                        <td>
                          {[move.place, move.holder].filter(Boolean).join(' · ')}
                          {move.dueBack && ` · ${t('store.dueBack')} ${move.dueBack}`}
                          {move.reason && ` · ${move.reason}`}
                        </td>
                        <td>{move.actorName}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </>
          )}
        </section>
      </div>
      <div className="hub-row" style={{ flexWrap: 'wrap' }}>
        <Input.Search
          style={{ width: 280 }}
          value={q}
          allowClear
          aria-label={t('store.find')}
          placeholder={t('store.find')}
          onChange={(event) => setQ(event.target.value)}
          onSearch={(value) => setAsked(value.trim())}
        />
        <Select
          style={{ width: 110 }}
          allowClear
          value={type}
          placeholder={t('store.type')}
          aria-label={t('store.type')}
          options={['container', 'block', 'slide'].map((value) => ({ value, label: t(`store.${value}`) }))}
          onChange={setType}
        />
        <Select
          style={{ width: 110 }}
          allowClear
          value={state}
          placeholder={t('frozen.state')}
          aria-label={t('frozen.state')}
          options={['archived', 'loaned', 'missing', 'discarded'].map((value) => ({
            value,
            label: t(`blockState.${value}`),
          }))}
          onChange={setState}
        />
      </div>
      {list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : (
        <ListTable<Item>
          name={t('nav.store')}
          rowKey="id"
          rows={rows}
          pageSize={1000}
          searchable={false}
          exportRows={all}
          empty={t('store.empty')}
          columns={columns}
        />
      )}
      {list.hasNextPage && <Button onClick={() => void list.fetchNextPage()}>{t('bench.more')}</Button>}
    </div>
  );
}
