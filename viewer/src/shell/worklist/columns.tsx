import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import type { WorklistRow } from '../../api/types.ts';
import type { ColumnContext, WorklistColumn } from '../../centers/contract.ts';
import { age, dateTime, dueState, remaining, shortDateTime } from '../format.ts';
import { StatusWord } from '../StatusWord.tsx';

export interface Column {
  key: string;
  title: string;
  width?: number;
  cell: (row: WorklistRow, now: number) => ReactNode;
  text: (row: WorklistRow, now: number) => string;
  /** Cannot be hidden. */
  fixed?: boolean;
}

const open = new Set([
  'requested',
  'awaiting-decision',
  'acquired',
  'received',
  'claimed',
  'preliminary',
  'partial',
  'returned',
]);

/** Due time in words with a sign; the absolute time on hover. */
function Due({ row, now, t }: { row: WorklistRow; now: number; t: TFunction }) {
  if (!row.dueAt || !open.has(row.status)) return <span className="hub-quiet">—</span>;
  const state = dueState(row.dueAt, row.warnAt, now);
  const sign = state === 'breach' ? '▲ ' : state === 'warn' ? '△ ' : '';
  return (
    <span className={`hub-due hub-due-${state}`} title={dateTime(row.dueAt)}>
      {sign}
      {remaining(row.dueAt, now, t)}
    </span>
  );
}

function who(row: WorklistRow, t: TFunction): string {
  return [row.patientName ?? '', row.sex ? t(`shell:sex.${row.sex}`) : '', age(row.birthDate, t)]
    .filter(Boolean)
    .join(' ');
}

function itemsOf(row: WorklistRow): string {
  if (row.itemName) return row.itemName;
  return Array.isArray(row.items)
    ? row.items.map((each: { name?: string }) => each.name ?? '').join('、')
    : '';
}

interface OwnColumns {
  columns: readonly WorklistColumn[];
  namespace: string;
  known: ColumnContext;
}

const ownColumns = (t: TFunction, { columns, namespace, known }: OwnColumns): Column[] =>
  columns.map((column) => ({
    key: `own.${column.key}`,
    title: t(`${namespace}:${column.titleKey}`),
    ...(column.width === undefined ? {} : { width: column.width }),
    cell: (row) => column.render(row),
    text: (row) => column.text(row, known),
  }));

/** Columns that every centre has, then those of the centre. */
export function worklistColumns(t: TFunction, own?: OwnColumns): Column[] {
  const assigned = (row: WorklistRow) =>
    row.assignedTo ? t('shell:worklist.assigned', { who: row.assignedTo }) : '';
  return [
    {
      key: 'due',
      title: t('shell:column.due'),
      width: 124, // 超 23 时 59 分, with its sign
      fixed: true,
      cell: (row, now) => <Due row={row} now={now} t={t} />,
      text: (row) => dateTime(row.dueAt),
    },
    {
      key: 'priority',
      title: t('shell:column.priority'),
      width: 72,
      cell: (row) => (
        <span className={`hub-priority hub-priority-${row.priority}`}>
          {t(`shell:priority.${row.priority}`)}
        </span>
      ),
      text: (row) => t(`shell:priority.${row.priority}`),
    },
    {
      key: 'status',
      title: t('shell:column.status'),
      width: 84,
      cell: (row) =>
        row.receiving ? (
          <span className="hub-tone-waiting">{t('shell:status.receiving')}</span>
        ) : (
          <StatusWord status={row.status} />
        ),
      text: (row) => t(`shell:status.${row.status}`),
    },
    {
      key: 'patient',
      title: t('shell:column.patient'),
      width: 142,
      fixed: true,
      cell: (row) => (
        <>
          <b>{row.patientName ?? '—'}</b>{' '}
          <span className="hub-quiet">
            {[row.sex ? t(`shell:sex.${row.sex}`) : '', age(row.birthDate, t)].filter(Boolean).join(' ')}
          </span>
        </>
      ),
      text: (row) => who(row, t),
    },
    { key: 'item', title: t('shell:column.item'), cell: itemsOf, text: itemsOf },
    {
      key: 'accession',
      title: t('shell:column.accession'),
      width: 128,
      cell: (row) => <span className="hub-num">{row.accessionNumber}</span>,
      text: (row) => row.accessionNumber,
    },
    {
      key: 'institution',
      title: t('shell:column.institution'),
      cell: (row) => row.institutionName,
      text: (row) => row.institutionName,
    },
    {
      key: 'received',
      title: t('shell:column.received'),
      width: 96,
      cell: (row) => (
        <span className="hub-num" title={dateTime(row.receivedAt)}>
          {shortDateTime(row.receivedAt)}
        </span>
      ),
      text: (row) => dateTime(row.receivedAt),
    },
    {
      key: 'claimed',
      title: t('shell:column.claimed'),
      width: 96,
      cell: (row) => row.claimedBy ?? (row.assignedTo && <span className="hub-quiet">{assigned(row)}</span>),
      text: (row) => row.claimedBy ?? assigned(row),
    },
    ...(own ? ownColumns(t, own) : []),
  ];
}
