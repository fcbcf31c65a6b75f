import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { CenterKind, Order, WorklistRow } from '../../api/types.ts';
import { namespaces, preparations, type Preparation } from '../../centers/prepare.ts';
import { prepareCase, preparedKey } from '../prepareCase.ts';

/** The page of the case fetches again and says what is wrong. */
const ignored = () => undefined;

/** Shorter stays of the pointer are on the way to another row. */
const dwellMs = 120;

export interface CasePreparation {
  /** Points at a row, or at none. */
  prepare: (row: WorklistRow | undefined) => void;
  /** Tells that a row is opened. */
  opening: (row: WorklistRow) => void;
}

/**
 * Fetches what the first look at a case needs while its row is pointed at or chosen by the keyboard. One row at a
 * time: the next one ends what still runs. Failures are silent, opening the case fetches again.
 */
export function usePrepareCase(center: CenterKind): CasePreparation {
  const client = useQueryClient();
  const { i18n } = useTranslation();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const running = useRef<{ orderId: string; stop: AbortController } | null>(null);
  const ready = useRef<Preparation | null>(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  const prepare = useCallback<CasePreparation['prepare']>(
    (row) => {
      clearTimeout(timer.current);
      const preparation = preparations[center];
      if (!preparation || !row || row.status === 'requested') return;
      const { orderId } = row;
      timer.current = setTimeout(() => {
        if (running.current?.orderId === orderId) return;
        running.current?.stop.abort();
        const stop = new AbortController();
        running.current = { orderId, stop };
        void preparation().then((each) => (ready.current = each), ignored);
        // A page that waits for its words shows a placeholder, and React keeps that for 300 ms.
        i18n.loadNamespaces([...namespaces[center], 'signature']).catch(ignored);
        prepareCase(client, orderId, center, stop.signal).catch(() => {
          if (running.current?.stop === stop) running.current = null;
        });
      }, dwellMs);
    },
    [client, center, i18n],
  );
  const opening = useCallback<CasePreparation['opening']>(
    ({ orderId }) => {
      const order = client.getQueryData<Order>(preparedKey(orderId));
      if (order) ready.current?.opening?.(client, order);
    },
    [client, center],
  );
  return { prepare, opening };
}
