import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Segmented, Select, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, query } from '../api/client.ts';
import type { Page } from '../api/types.ts';
import { may } from '../shell/access.ts';
import { ExportButton } from '../shell/ExportButton.tsx';
import { dateTime } from '../shell/format.ts';
import { useSession } from '../shell/session.tsx';
import { Empty, Failed, Loading } from '../shell/states.tsx';
import { useHubEvents } from '../shell/useEvents.ts';
import { DecideDialog, decisionsFor, type Decision } from './queue/DecideDialog.tsx';
import { factText } from './queue/factText.ts';
import { reasonText } from './queue/reasonText.ts';
import { resolutionText } from './queue/resolutionText.ts';
import type { Candidate, Unmatched } from './queue/types.ts';
import { MoreButton } from '../shell/MoreButton.tsx';

const kinds = ['mismatch', 'ambiguous', 'no-order', 'conflict', 'unreadable', 'unknown-code', 'no-patient'];
const shownFields = [
  'patientName',
  'sex',
  'birthDate',
  'patientId',
  'accessionNumber',
  'placerOrderNumber',
  'modalities',
  'studyDate',
  'description',
  'senderAe',
  'sopInstanceUid',
  'fileName',
];

function CandidateRow({
  candidate,
  mayDecide,
  onJoin,
}: {
  candidate: Candidate;
  mayDecide: boolean;
  onJoin: () => void;
}) {
  const { t } = useTranslation(['queue', 'shell', 'lab']);
  return (
    <li>
      <Link to={`/orders/${candidate.orderId}`} className="hub-num">
        {candidate.accessionNumber}
      </Link>
      <b>{candidate.patientName}</b>
      <span>{candidate.itemName}</span>
      <span>{t(`shell:status.${candidate.status}`)}</span>
      {candidate.differences.map((each) => (
        <span key={each.field} className="hub-tone-breach">
          {t(`fields.${each.field}`, { defaultValue: each.field })}
          {t('colon')}
          {t('saysImages')} <b>{factText(each.field, each.study ?? each.input, t)}</b> ≠ {t('saysOrder')}{' '}
          <b>{factText(each.field, each.order, t)}</b>
        </span>
      ))}
      {mayDecide && (
        <Button size="small" onClick={onJoin}>
          {t('joinThis')}
        </Button>
      )}
    </li>
  );
}

/** Input that waits for a person: mismatches side by side, input without an order, conflicts, unreadable files. */
export default function QueuePage() {
  const { t } = useTranslation(['queue', 'shell', 'lab']);
  const session = useSession();
  const client = useQueryClient();
  const [state, setState] = useState<'open' | 'resolved' | 'discarded'>('open');
  const [kind, setKind] = useState<string | undefined>();
  const [deciding, setDeciding] = useState<{ row: Unmatched; decision: Decision; orderId?: string } | null>(
    null,
  );
  const mayDecide = may(session, 'unmatched.decide');
  const list = useInfiniteQuery({
    queryKey: ['unmatched', state, kind],
    queryFn: ({ pageParam }) =>
      get<Page<Unmatched>>(`/api/unmatched${query({ state, kind, limit: 50, cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor ?? null,
  });
  useHubEvents((event) => {
    if (event.type.startsWith('unmatched') || event.type === 'reset')
      void client.invalidateQueries({ queryKey: ['unmatched'] });
  });
  const rows = useMemo(() => (list.data?.pages ?? []).flatMap((page) => page.items), [list.data]);
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('shell:rail.queue')}</h1>
        <Segmented
          value={state}
          onChange={(value) => setState(value as typeof state)}
          options={(['open', 'resolved', 'discarded'] as const).map((value) => ({
            value,
            label: t(`states.${value}`),
          }))}
        />
        <Select
          allowClear
          placeholder={t('kind')}
          aria-label={t('kind')}
          value={kind ?? null}
          onChange={(value: string | null) => setKind(value ?? undefined)}
          options={kinds.map((value) => ({ value, label: t(`kinds.${value}`) }))}
          style={{ width: 160 }}
        />
        <span className="hub-grow" />
        <ExportButton
          name={t('shell:rail.queue')}
          rows={rows}
          columns={[
            { title: t('at'), text: (row: Unmatched) => dateTime(row.createdAt) },
            { title: t('kind'), text: (row) => t(`kinds.${row.kind}`) },
            { title: t('shell:column.institution'), text: (row) => row.institutionName },
            {
              person: true,
              title: t('fields.patientName'),
              text: (row) => factText('patientName', row.detail.patientName, t),
            },
            { title: t('shell:reason.label'), text: (row) => reasonText(row, t) },
            { title: t('resolution'), text: (row) => resolutionText(row.resolution, t) },
          ]}
        />
      </div>
      {list.isPending ? (
        <Loading />
      ) : list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        <Empty text={t('empty')} />
      ) : (
        rows.map((row) => (
          <article key={row.id} className="hub-panel hub-queue">
            <header className="hub-bar">
              <Tag color="warning">{t(`kinds.${row.kind}`)}</Tag>
              <Tag>{t(`shell:center.${row.centerKind}`)}</Tag>
              <span>{row.institutionName}</span>
              <span>{row.deviceName}</span>
              <span className="hub-quiet hub-num">{dateTime(row.createdAt)}</span>
              {row.orderId && (
                <Link to={`/orders/${row.orderId}`}>
                  {t('provisionalOrder')} {row.accessionNumber}
                </Link>
              )}
              {row.state === 'open' && row.detail['instrumentResultId'] !== undefined && (
                <Link to="/lab/open-results">{t('lab:nav.openResults')}</Link>
              )}
            </header>
            <p>{reasonText(row, t)}</p>
            <dl className="hub-facts">
              {shownFields
                .filter((field) => factText(field, row.detail[field], t) !== '')
                .map((field) => (
                  <div key={field}>
                    <dt>{t(`fields.${field}`)}</dt>
                    <dd>{factText(field, row.detail[field], t)}</dd>
                  </div>
                ))}
            </dl>
            {row.candidates.length > 0 && (
              <ul className="hub-hits" aria-label={t('candidates')}>
                {row.candidates.map((candidate) => (
                  <CandidateRow
                    key={candidate.orderId}
                    candidate={candidate}
                    mayDecide={mayDecide && row.state === 'open' && row.centerKind === 'imaging'}
                    onJoin={() => setDeciding({ row, decision: 'join', orderId: candidate.orderId })}
                  />
                ))}
              </ul>
            )}
            {row.state === 'open' && mayDecide && row.centerKind === 'imaging' ? (
              <footer className="hub-bar">
                {decisionsFor(row).map((decision, index) => (
                  <Button
                    key={decision}
                    type={index === 0 ? 'primary' : 'default'}
                    danger={decision === 'discard'}
                    onClick={() => setDeciding({ row, decision })}
                  >
                    {t(`decisions.${decision}`)}
                  </Button>
                ))}
                {row.hasObject && <Button href={`/api/unmatched/${row.id}/object`}>{t('download')}</Button>}
              </footer>
            ) : (
              row.resolution && (
                <p className="hub-quiet">
                  {row.resolvedBy} {dateTime(row.resolvedAt)} · {resolutionText(row.resolution, t)}
                </p>
              )
            )}
          </article>
        ))
      )}
      <MoreButton list={list} />
      {deciding && (
        <DecideDialog
          {...deciding}
          onClose={() => setDeciding(null)}
          onDone={() => void client.invalidateQueries({ queryKey: ['unmatched'] })}
        />
      )}
    </div>
  );
}
