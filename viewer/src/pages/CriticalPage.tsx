import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Segmented, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { may, requests } from '../shell/access.ts';
import { ExportButton } from '../shell/ExportButton.tsx';
import { clockTime, dateTime, duration } from '../shell/format.ts';
import { useSession } from '../shell/session.tsx';
import { Empty, Failed, Loading } from '../shell/states.tsx';
import { criticalKey, seesCritical, useCritical, type CriticalValue } from '../shell/useCritical.ts';
import { useNow } from '../shell/useNow.ts';
import { AnswerDialog, type AnswerKind } from './critical/AnswerDialog.tsx';

/** Critical values: who was told what and when, and what is still open. */
export default function CriticalPage() {
  const { t } = useTranslation(['critical', 'shell']);
  const session = useSession();
  const client = useQueryClient();
  const [search] = useSearchParams();
  const [open, setOpen] = useState(true);
  const [answering, setAnswering] = useState<{ value: CriticalValue; kind: AnswerKind } | null>(null);
  const now = useNow();
  const values = useCritical(open);
  const wanted = search.get('id');
  const site = requests(session);
  const mayAnswer = may(session, 'critical.acknowledge');
  const mayCall = may(session, 'critical.raise', 'critical.escalate');

  if (!seesCritical(session)) return <Empty text={t('shell:failed.s403.title')} />;
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('shell:rail.critical')}</h1>
        <Segmented
          value={open ? 'open' : 'all'}
          onChange={(value) => setOpen(value === 'open')}
          options={[
            { value: 'open', label: t('open') },
            { value: 'all', label: t('all') },
          ]}
        />
        <span className="hub-grow" />
        <ExportButton
          name={t('shell:rail.critical')}
          rows={values.data ?? []}
          columns={[
            { title: t('shell:column.accession'), text: (v: CriticalValue) => v.accessionNumber },
            { person: true, title: t('shell:column.patient'), text: (v) => v.patientName },
            { title: t('shell:column.institution'), text: (v) => v.institutionName },
            { title: t('finding'), text: (v) => v.finding },
            { title: t('state'), text: (v) => t(`states.${v.state}`) },
            { title: t('foundAt'), text: (v) => dateTime(v.foundAt) },
            { title: t('foundBy'), text: (v) => v.foundBy },
            { title: t('acknowledgedAt'), text: (v) => dateTime(v.acknowledgedAt) },
            { title: t('acknowledgedBy'), text: (v) => v.acknowledgedBy },
            { title: t('disposition'), text: (v) => v.disposition },
          ]}
        />
      </div>
      {values.isPending ? (
        <Loading />
      ) : values.isError ? (
        <Failed error={values.error} retry={() => void values.refetch()} />
      ) : values.data.length === 0 ? (
        <Empty text={t('none')} />
      ) : (
        values.data.map((value) => (
          <article
            key={value.id}
            className={`hub-panel hub-critical-row ${value.id === wanted ? 'is-wanted' : ''}`}
          >
            <header className="hub-bar">
              <strong>{value.patientName ?? t('shell:patient.unknown')}</strong>
              <Link to={`/orders/${value.orderId}`} className="hub-num">
                {value.accessionNumber}
              </Link>
              <span>{value.itemName}</span>
              <span>{value.institutionName}</span>
              <Tag
                color={
                  value.state === 'open' || value.state === 'notified'
                    ? 'error'
                    : value.state === 'acknowledged'
                      ? 'warning'
                      : 'default'
                }
              >
                {t(`states.${value.state}`)}
              </Tag>
              {value.tier === 'significant' && <Tag>{t('shell:critical.tiers.significant')}</Tag>}
              {(value.state === 'open' || value.state === 'notified') && (
                <b className="hub-tone-breach">
                  {t('shell:critical.since', {
                    words: duration((now - Date.parse(value.foundAt)) / 60_000, t),
                  })}
                </b>
              )}
            </header>
            <p className="hub-prewrap hub-critical-finding">{value.finding}</p>
            <ol className="hub-critical-steps">
              {!value.events.some((event) => event.kind === 'found' || event.kind === 'raised') && (
                <li>
                  <span className="hub-num">{dateTime(value.foundAt)}</span> {t('events.found')}{' '}
                  {value.foundBy}
                </li>
              )}
              {value.events.map((event, index) => (
                <li key={index}>
                  <span className="hub-num">{clockTime(event.at)}</span>{' '}
                  {t(`events.${event.kind}`, { defaultValue: event.kind })} {event.actor}
                  {event.recipient ? ` → ${event.recipient}` : ''}
                  {typeof event.detail?.['duty'] === 'string'
                    ? ` · ${t(`duty.${event.detail['duty']}`, { defaultValue: '' })}`
                    : ''}
                  {event.channel
                    ? ` · ${t(`channels.${event.channel}`, { defaultValue: event.channel })}`
                    : ''}
                  {event.result ? ` · ${t(`results.${event.result}`, { defaultValue: event.result })}` : ''}
                  {event.readBack ? ` · ${t('readBackOf', { text: event.readBack })}` : ''}
                </li>
              ))}
            </ol>
            {value.disposition && <p>{t('dispositionOf', { text: value.disposition })}</p>}
            {value.withdrawnReason && (
              <Alert type="info" title={t('withdrawnOf', { text: value.withdrawnReason })} />
            )}
            <footer className="hub-bar">
              {value.state !== 'withdrawn' && value.state !== 'disposed' && (
                <>
                  {(value.state === 'open' || value.state === 'notified') && mayAnswer && (
                    <Button
                      type="primary"
                      danger={site}
                      size="large"
                      onClick={() => setAnswering({ value, kind: 'acknowledged' })}
                    >
                      {t('acts.acknowledged')}
                    </Button>
                  )}
                  {value.state === 'acknowledged' && mayAnswer && (
                    <Button type="primary" onClick={() => setAnswering({ value, kind: 'disposed' })}>
                      {t('acts.disposed')}
                    </Button>
                  )}
                  {mayCall && (value.state === 'open' || value.state === 'notified') && (
                    <Button onClick={() => setAnswering({ value, kind: 'notified' })}>
                      {t('acts.notified')}
                    </Button>
                  )}
                  {may(session, 'critical.raise') && (
                    <Button onClick={() => setAnswering({ value, kind: 'withdrawn' })}>
                      {t('acts.withdrawn')}
                    </Button>
                  )}
                </>
              )}
              {value.dutyPhone && (
                <span className="hub-quiet">{t('dutyPhone', { phone: value.dutyPhone })}</span>
              )}
            </footer>
          </article>
        ))
      )}
      {answering && (
        <AnswerDialog
          value={answering.value}
          kind={answering.kind}
          onClose={() => setAnswering(null)}
          onDone={() => void client.invalidateQueries({ queryKey: criticalKey })}
        />
      )}
    </div>
  );
}
