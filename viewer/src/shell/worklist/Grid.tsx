import { useVirtualizer } from '@tanstack/react-virtual';
import { Checkbox } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorklistRow } from '../../api/types.ts';
import { useNow } from '../useNow.ts';
import type { Column } from './columns.tsx';

interface Props {
  label: string;
  columns: Column[];
  rows: WorklistRow[];
  active: number;
  picked: ReadonlySet<string>;
  onActive: (index: number) => void;
  onPick: (ids: Set<string>) => void;
  onOpen: (row: WorklistRow) => void;
  /** The pointer is over a row, or has left it. */
  onPoint?: (row: WorklistRow | undefined) => void;
  /** Called when the end comes near. */
  onEnd: () => void;
  me: string;
}

const rowHeight = 32;
const tallRowHeight = 44;
/** A column without a width of its own that has less room than this: words go on in a second line. */
const leastFreeWidth = 112;
const checkboxWidth = 32;

/** Whether the columns that share what is left over have too little of it for one line. */
const isCramped = (columns: readonly Column[], width: number): boolean => {
  const free = columns.filter((column) => column.width === undefined).length;
  const taken = columns.reduce((sum, column) => sum + (column.width ?? 0), checkboxWidth);
  return free > 0 && width > 0 && width - taken < free * leastFreeWidth;
};

/** One real table with virtual rows: what a screen reader and a keyboard expect, at any length. */
export function Grid(props: Props) {
  const { label, columns, rows, active, picked, onActive, onPick, onOpen, onPoint, onEnd, me } = props;
  const { t } = useTranslation('shell');
  const now = useNow();
  const scroller = useRef<HTMLDivElement>(null);
  const [cramped, setCramped] = useState(false);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (cramped ? tallRowHeight : rowHeight),
    overscan: 12,
  });
  const room = virtual.scrollRect?.width ?? 0;
  useEffect(() => setCramped(isCramped(columns, room)), [columns, room]);
  useEffect(() => virtual.measure(), [virtual, cramped]);
  const visible = virtual.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;

  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 20) onEnd();
  }, [last, rows.length, onEnd]);
  useEffect(() => {
    if (active >= 0 && active < rows.length) virtual.scrollToIndex(active, { align: 'auto' });
  }, [active, rows.length, virtual]);

  const before = visible[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (visible.at(-1)?.end ?? 0);
  const allPicked = rows.length > 0 && rows.every((row) => picked.has(row.orderId));
  const toggle = (id: string) => {
    const next = new Set(picked);
    if (!next.delete(id)) next.add(id);
    onPick(next);
  };

  return (
    <div className="hub-grid" ref={scroller} tabIndex={0} role="region" aria-label={label}>
      <table aria-rowcount={rows.length + 1} className={cramped ? 'is-cramped' : undefined}>
        <thead>
          <tr>
            <th style={{ width: 32 }}>
              <Checkbox
                aria-label={t('worklist.pickAll')}
                checked={allPicked}
                onChange={() => onPick(allPicked ? new Set() : new Set(rows.map((row) => row.orderId)))}
              />
            </th>
            {columns.map((column) => (
              <th key={column.key} scope="col" style={column.width ? { width: column.width } : undefined}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && (
            <tr aria-hidden="true" style={{ height: before }}>
              <td colSpan={columns.length + 1} />
            </tr>
          )}
          {visible.map(({ index }) => {
            const row = rows[index];
            if (!row) return null;
            const other = row.claimedBy !== null && row.claimedBy !== me;
            return (
              <tr
                key={row.orderId}
                aria-rowindex={index + 2}
                data-order={row.orderId}
                className={[index === active ? 'is-active' : '', other ? 'is-other' : ''].join(' ')}
                onMouseEnter={() => onPoint?.(row)}
                onMouseLeave={() => onPoint?.(undefined)}
                onClick={() => onActive(index)}
                onDoubleClick={() => onOpen(row)}
              >
                <td>
                  <Checkbox
                    aria-label={t('worklist.pick', { number: row.accessionNumber })}
                    checked={picked.has(row.orderId)}
                    onChange={() => toggle(row.orderId)}
                    onClick={(event) => event.stopPropagation()}
                  />
                </td>
                {columns.map((column) => {
                  const words = !column.width || column.width >= 140;
                  return (
                    <td key={column.key} title={words ? column.text(row, now) : undefined}>
                      {words && cramped ? (
                        <div className="hub-grid-words">{column.cell(row, now)}</div>
                      ) : (
                        column.cell(row, now)
                      )}
                    </td>
                  );
                })}
              </tr>
            );
          })}
          {after > 0 && (
            <tr aria-hidden="true" style={{ height: after }}>
              <td colSpan={columns.length + 1} />
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}
