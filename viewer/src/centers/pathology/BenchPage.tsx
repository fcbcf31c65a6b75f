import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Input, Segmented } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { get, post, query } from '../../api/client.ts';
import { dateTime, remaining } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { useNow } from '../../shell/useNow.ts';
import { useScanner } from '../../shell/useScanner.ts';
import { openLabels } from './labels.ts';
import './pathology.css';
import { useAct } from './useAct.ts';

const lists = [
  'mine',
  'to-receive',
  'to-gross',
  'to-embed',
  'to-cut',
  'to-stain',
  'to-scan',
  'waiting-stains',
  'to-compare',
  'opinions',
  'on-loan',
  'missing',
] as const;
const steps: Record<string, string> = { 'to-embed': 'embed', 'to-cut': 'cut', 'to-stain': 'stain' };

export interface ListRow {
  key: string;
  orderId: string;
  accessionNumber: string;
  pathologyNumber: string | null;
  kind: string;
  status: string;
  priority: string;
  patientName: string | null;
  institutionName: string;
  label: string | null;
  barcode: string | null;
  detail: string | null;
  code: string | null;
  dueAt: string | null;
}

interface Listed {
  items: ListRow[];
  nextCursor: string | null;
}

/** The laboratory's stations: what waits where; a scan does the step of the list that is open. */
export default function BenchPage() {
  const { t } = useTranslation(['pathology', 'shell']);
  const navigate = useNavigate();
  const now = useNow();
  const list = useParams().list ?? 'to-receive';
  const ask = (cursor: string) => get<Listed>(`/api/pathology/lists/${list}${query({ cursor, limit: 100 })}`);
  const page = useInfiniteQuery({
    queryKey: ['pathology', 'list', list],
    queryFn: ({ pageParam }) => ask(pageParam),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
    refetchInterval: 30_000,
  });
  const { act, busy } = useAct(() => void page.refetch());
  const [typed, setTyped] = useState('');
  const [done, setDone] = useState<string[]>([]);
  /** cut since the page was opened, their labels not printed yet */
  const [newSlides, setNewSlides] = useState<string[]>([]);
  const field = useRef<HTMLInputElement>(null);
  const step = steps[list];
  const scan = async (barcode: string) => {
    if (!step) return;
    const stood = await act(async () => {
      const { items } = await post<{ items: { slides: { barcode: string }[] }[] }>('/api/pathology/steps', {
        step,
        barcodes: [barcode],
      });
      const made = items.flatMap(({ slides }) => slides.map((slide) => slide.barcode));
      setNewSlides((before) => [...made, ...before].slice(0, 100));
    });
    if (stood) setDone((before) => [barcode, ...before].slice(0, 8));
    setTyped('');
  };
  const codeWords = (code: string | null) => {
    if (!code) return '';
    const [kind = '', state] = code.split('/');
    if (kind === 'stage') return t(`stage.${state ?? ''}`);
    return state ? `${t(`stainKind.${kind}`)} ${t(`stainState.${state}`)}` : t(`opinionKind.${kind}`);
  };
  useScanner((code) => void scan(code));
  /** All pages, for the export. */
  const all = async () => {
    const items: ListRow[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const next: Listed = await ask(cursor);
      items.push(...next.items);
      cursor = next.nextCursor;
    }
    return items;
  };
  const what = (row: ListRow) => [row.label, row.detail, codeWords(row.code)].filter(Boolean).join(' · ');
  const rows = page.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <div className="path-page">
      <Segmented
        value={list}
        aria-label={t('bench.list')}
        options={lists.map((value) => ({ value, label: t(`list.${value}`) }))}
        onChange={(value: string) => void navigate(`/pathology/bench/${value}`)}
      />
      {step && (
        <div className="hub-row">
          <Input
            ref={(input) => {
              field.current = input?.input ?? null;
            }}
            value={typed}
            style={{ maxWidth: 320 }}
            aria-label={t('bench.scan', { step: t(`flow.${step}`) })}
            placeholder={t('bench.scan', { step: t(`flow.${step}`) })}
            onChange={(event) => setTyped(event.target.value)}
            onPressEnter={() => void scan(typed.trim())}
          />
          <Button
            type="primary"
            loading={busy}
            disabled={typed.trim().length < 3}
            onClick={() => void scan(typed.trim())}
          >
            {t(`flow.${step}`)}
          </Button>
          {newSlides.length > 0 && (
            <Button
              onClick={() => {
                openLabels('slides', { barcodes: newSlides });
                setNewSlides([]);
              }}
            >
              {t('labels.newSlides', { count: newSlides.length })}
            </Button>
          )}
          {done.length > 0 && (
            <span className="hub-tone-done">{t('bench.done', { codes: done.join('、') })}</span>
          )}
        </div>
      )}
      {page.isError ? (
        <Failed error={page.error} retry={() => void page.refetch()} />
      ) : page.isPending ? (
        <Loading />
      ) : (
        <ListTable<ListRow>
          key={list}
          name={`${t('nav.bench')} ${t(`list.${list}`)}`}
          rowKey="key"
          rows={rows}
          pageSize={1000}
          exportRows={all}
          empty={t('bench.empty')}
          columns={[
            {
              title: t('bench.number'),
              text: (row) => row.pathologyNumber ?? row.accessionNumber,
              render: (row) => (
                <Link to={`/orders/${row.orderId}`}>{row.pathologyNumber ?? row.accessionNumber}</Link>
              ),
            },
            { person: true, title: t('bench.patient'), text: (row) => row.patientName },
            { title: t('bench.site'), text: (row) => row.institutionName },
            { title: t('bench.what'), text: what, wrap: 320 },
            {
              title: t('bench.barcode'),
              text: (row) => row.barcode,
              render: (row) => <span className="hub-num">{row.barcode}</span>,
            },
            { title: t('bench.priority'), text: (row) => t(`shell:priority.${row.priority}`) },
            {
              title: t('bench.due'),
              text: (row) => dateTime(row.dueAt),
              render: (row) => (
                <span className="hub-num" title={dateTime(row.dueAt)}>
                  {remaining(row.dueAt, now, t)}
                </span>
              ),
            },
            {
              title: '',
              fixed: 'right',
              render: (row) =>
                step && row.barcode ? (
                  <Button size="small" loading={busy} onClick={() => void scan(row.barcode ?? '')}>
                    {t(`flow.${step}`)}
                  </Button>
                ) : null,
            },
          ]}
        />
      )}
      {page.hasNextPage && <Button onClick={() => void page.fetchNextPage()}>{t('bench.more')}</Button>}
    </div>
  );
}
