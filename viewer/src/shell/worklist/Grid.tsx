import { useVirtualizer } from '@tanstack/react-virtual';
import { Checkbox } from 'antd';
import { useEffect, useRef } from 'react';
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

/** One real table with virtual rows: what a screen reader and a keyboard expect, at any length. */
export function Grid(props: Props) {
  const { label, columns, rows, active, picked, onActive, onPick, onOpen, onPoint, onEnd, me } = props;
  const { t } = useTranslation('shell');
  const now = useNow();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
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
      <table aria-rowcount={rows.length + 1}>
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
                {columns.map((column) => (
                  <td
                    key={column.key}
                    title={column.width && column.width < 140 ? undefined : column.text(row, now)}
                  >
                    {column.cell(row, now)}
                  </td>
                ))}
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
