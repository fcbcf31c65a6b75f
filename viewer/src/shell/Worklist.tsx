import { useQueryClient } from '@tanstack/react-query';
import { App, Button, type InputRef } from 'antd';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ApiError, post } from '../api/client.ts';
import type { CenterKind, WorklistRow } from '../api/types.ts';
import { modules } from '../centers/index.ts';
import { ExportButton } from './ExportButton.tsx';
import { may } from './access.ts';
import { useSession } from './session.tsx';
import { Empty, errorText, Failed, Loading } from './states.tsx';
import { useKeys } from './useKeys.ts';
import { worklistColumns } from './worklist/columns.tsx';
import { FilterBar } from './worklist/FilterBar.tsx';
import { Grid } from './worklist/Grid.tsx';
import { usePrepareCase } from './worklist/usePrepareCase.ts';
import { keepLastFilter, readLastFilter, useWorklist, type WorklistFilter } from './worklist/useWorklist.ts';

interface Props {
  center: CenterKind;
  /** Beside the standard actions. */
  actions?: React.ReactNode;
  onOpen?: (row: WorklistRow) => void;
}

function readHidden(center: CenterKind): Set<string> {
  try {
    return new Set(JSON.parse(localStorage.getItem(`hub.columns.${center}`) ?? '[]') as string[]);
  } catch {
    return new Set();
  }
}

/** The worklist of a centre: by due time, live without jumping, by keyboard. */
export function Worklist({ center, actions, onOpen }: Props) {
  const module = modules.find((each) => each.kind === center);
  const { t, i18n } = useTranslation(['shell', module?.namespace ?? 'shell']);
  const client = useQueryClient();
  const session = useSession();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const searchBox = useRef<InputRef>(null);
  const [filter, setFilterState] = useState<WorklistFilter>(() => readLastFilter(center));
  const [hidden, setHidden] = useState(() => readHidden(center));
  /** The row in hand, by its order: rows that come and go above it must not put another patient under the keys. */
  const [activeId, setActiveId] = useState<string>();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const list = useWorklist(center, filter);
  const columns = useMemo(
    () =>
      worklistColumns(
        t,
        module && {
          columns: module.worklistColumns ?? [],
          namespace: module.namespace,
          known: { client, language: i18n.language },
        },
      ),
    [t, i18n.language, client, module],
  );
  const { prepare, opening } = usePrepareCase(center);
  const rows = list.shown;
  const active = rows.findIndex((row) => row.orderId === activeId);
  const setActive = (index: number) => setActiveId(rows[index]?.orderId);
  const me = session.user.name;
  const mayClaim = may(session, 'order.claim');

  const setFilter = (next: WorklistFilter) => {
    keepLastFilter(center, next);
    setFilterState(next);
    setActiveId(undefined);
    setPicked(new Set());
  };
  const open = (row: WorklistRow | undefined) => {
    if (!row) return;
    opening(row);
    (onOpen ?? ((each) => void navigate(`/orders/${each.orderId}`)))(row);
  };
  const claim = async (which: WorklistRow[]) => {
    let done = 0;
    for (const row of which) {
      try {
        await post(`/api/orders/${row.orderId}/claim`);
        done += 1;
      } catch (error) {
        const taken = error instanceof ApiError && error.status === 409;
        message.warning(taken ? t('worklist.taken', { number: row.accessionNumber }) : errorText(error, t));
      }
    }
    if (done > 0) message.success(t('worklist.claimed', { n: done }));
    setPicked(new Set());
    await list.refetch();
  };
  const free = (row: WorklistRow) => row.status === 'received' && !row.claimedBy;
  const openNext = () => {
    const next =
      rows.find((row) => free(row) && row.assignedTo === me) ??
      rows.find((row) => free(row) && !row.assignedTo) ??
      rows.find((row) => row.claimedBy === me);
    if (next) open(next);
    else message.info(t('worklist.noNext'));
  };
  const chosen = rows.filter((row) => picked.has(row.orderId));
  const current = rows[active];
  useEffect(() => prepare(current), [prepare, current?.orderId]);
  const move = (by: number) => setActive(Math.max(0, Math.min(rows.length - 1, active + by)));

  useKeys({
    arrowdown: { label: t('keys.down'), run: () => move(1) },
    arrowup: { label: t('keys.up'), run: () => move(-1) },
    pagedown: { label: t('keys.pageDown'), run: () => move(15) },
    pageup: { label: t('keys.pageUp'), run: () => move(-15) },
    home: { label: t('keys.first'), run: () => setActive(0) },
    end: { label: t('keys.last'), run: () => setActive(rows.length - 1) },
    enter: {
      label: t('keys.open'),
      run: (event) => (event.target instanceof HTMLButtonElement ? event.target.click() : open(current)),
    },
    ...(mayClaim && {
      c: {
        label: t('keys.claim'),
        run: () => void claim(chosen.length ? chosen : current ? [current] : []),
      },
    }),
    n: { label: t('keys.next'), run: openNext },
    r: { label: t('keys.showNew'), run: list.showFresh },
    '/': { label: t('keys.filter'), run: () => searchBox.current?.focus() },
    x: {
      label: t('keys.pick'),
      run: () => {
        if (!current) return;
        const next = new Set(picked);
        if (!next.delete(current.orderId)) next.add(current.orderId);
        setPicked(next);
      },
    },
  });

  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const shownColumns = columns.filter((column) => !hidden.has(column.key));
  return (
    <div className="hub-page">
      <FilterBar
        center={center}
        filter={filter}
        onFilter={setFilter}
        columns={columns}
        hidden={hidden}
        onHidden={(next) => {
          localStorage.setItem(`hub.columns.${center}`, JSON.stringify([...next]));
          setHidden(next);
        }}
        searchBox={searchBox}
      >
        {actions}
        {mayClaim && (
          <Button
            disabled={chosen.length === 0 && !current}
            onClick={() => void claim(chosen.length ? chosen : current ? [current] : [])}
          >
            {chosen.length > 1 ? t('worklist.claimMany', { n: chosen.length }) : t('action.claim')}
          </Button>
        )}
        <Button type="primary" onClick={openNext}>
          {t('action.openNext')}
        </Button>
        <ExportButton
          name={t(`center.${center}`)}
          columns={shownColumns.map((column) => ({
            title: column.title,
            person: column.key === 'patient',
            text: (row: WorklistRow) => column.text(row, Date.now()),
          }))}
          rows={chosen.length ? chosen : rows}
        />
      </FilterBar>
      {list.fresh > 0 && (
        <button type="button" className="hub-fresh" onClick={list.showFresh}>
          {t('worklist.fresh', { n: list.fresh })}
        </button>
      )}
      {list.isPending ? (
        <Loading rows={8} />
      ) : list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        <Empty text={Object.keys(filter).length ? t('worklist.emptyFiltered') : t('worklist.empty')} />
      ) : (
        <Grid
          label={t('worklist.label', { center: t(`center.${center}`) })}
          columns={shownColumns}
          rows={rows}
          active={active}
          picked={picked}
          onActive={setActive}
          onPick={setPicked}
          onOpen={open}
          onPoint={prepare}
          onEnd={onEnd}
          me={me}
        />
      )}
    </div>
  );
}
