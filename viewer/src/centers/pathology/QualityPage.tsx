import { useQuery } from '@tanstack/react-query';
import { Button, DatePicker } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, post, query } from '../../api/client.ts';
import { DangerDialog } from '../../shell/DangerDialog.tsx';
import { Figure } from '../../shell/Figure.tsx';
import { ListTable } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import './pathology.css';
import { useAct } from './useAct.ts';

interface Indicator {
  code: string;
  numerator: number;
  denominator: number;
  value: number | null;
  target: number | null;
  better: 'up' | 'down';
  mark: string;
}
interface Case {
  orderId: string;
  accessionNumber: string;
  pathologyNumber: string | null;
  met: boolean;
  note: string | null;
}
interface Recheck {
  id: string;
  orderId: string;
  pathologyNumber: string | null;
  accessionNumber: string;
  agrees: boolean | null;
  reader: string | null;
}

const thisMonth = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7);

/** The pathology indicators of 2024 for a month, the cases behind each, and the cytology re-check by lot. */
export default function QualityPage() {
  const { t } = useTranslation(['pathology', 'shell']);
  const [month, setMonth] = useState(thisMonth);
  const [chosen, setChosen] = useState<string | null>(null);
  const [differing, setDiffering] = useState<Recheck | null>(null);
  const figures = useQuery({
    queryKey: ['pathology', 'indicators', month],
    queryFn: () => get<{ items: Indicator[] }>(`/api/pathology/indicators${query({ month })}`),
  });
  const cases = useQuery({
    queryKey: ['pathology', 'indicators', month, chosen],
    queryFn: () => get<{ items: Case[] }>(`/api/pathology/indicators/${chosen ?? ''}${query({ month })}`),
    enabled: chosen !== null,
  });
  const rechecks = useQuery({
    queryKey: ['pathology', 'rechecks', month],
    queryFn: () => get<{ items: Recheck[] }>(`/api/pathology/rechecks${query({ month })}`),
    retry: false,
  });
  const { act, busy } = useAct(() => {
    void rechecks.refetch();
    void figures.refetch();
  });
  return (
    <div className="path-page">
      <div className="hub-row">
        <label htmlFor="quality-month">{t('quality.month')}</label>
        <DatePicker
          id="quality-month"
          picker="month"
          allowClear={false}
          value={dayjs(`${month}-01`)}
          onChange={(_, text) => typeof text === 'string' && text && setMonth(text)}
        />
      </div>
      {figures.isPending && <Loading />}
      {figures.isError && <Failed error={figures.error} retry={() => void figures.refetch()} />}
      <div className="path-figures">
        {figures.data?.items.map((each) => (
          <div key={each.code}>
            <Figure
              title={`${t(`indicator.${each.code}.name`)} (${each.mark})`}
              value={each.value}
              unit="%"
              digits={1}
              better={each.better}
              target={each.target}
              period={`${each.numerator} / ${each.denominator}`}
              formula={t(`indicator.${each.code}.formula`)}
            />
            <Button size="small" type="link" onClick={() => setChosen(each.code)}>
              {t('quality.cases')}
            </Button>
          </div>
        ))}
      </div>
      {chosen && (
        <section className="hub-panel">
          {cases.isPending ? (
            <Loading />
          ) : cases.isError ? (
            <Failed error={cases.error} retry={() => void cases.refetch()} />
          ) : (
            <ListTable<Case>
              name={`${chosen}-${month}`}
              rowKey="orderId"
              heading={t(`indicator.${chosen}.name`)}
              extra={
                <Button size="small" onClick={() => setChosen(null)}>
                  {t('shell:action.close')}
                </Button>
              }
              rows={cases.data.items}
              pageSize={20}
              empty={t('quality.noCases')}
              columns={[
                {
                  title: t('bench.number'),
                  text: (row) => row.pathologyNumber ?? row.accessionNumber,
                  render: (row) => (
                    <Link to={`/orders/${row.orderId}`}>{row.pathologyNumber ?? row.accessionNumber}</Link>
                  ),
                },
                {
                  title: t('quality.met'),
                  text: (row) => t(row.met ? 'quality.yes' : 'quality.no'),
                  render: (row) => (
                    <span className={row.met ? '' : 'hub-tone-breach'}>
                      {t(row.met ? 'quality.yes' : 'quality.no')}
                    </span>
                  ),
                },
                { title: t('flow.note'), text: (row) => row.note },
              ]}
            />
          )}
        </section>
      )}
      {!rechecks.isError && (
        <section className="path-form">
          <ListTable<Recheck>
            name={`rechecks-${month}`}
            rowKey="id"
            heading={t('quality.recheck')}
            extra={
              <Button
                loading={busy}
                onClick={() => void act(() => post('/api/pathology/rechecks/draw', { month }))}
              >
                {t('quality.draw')}
              </Button>
            }
            rows={rechecks.data?.items ?? []}
            empty={t('quality.noneDrawn')}
            columns={[
              {
                title: t('bench.number'),
                text: (row) => row.pathologyNumber ?? row.accessionNumber,
                render: (row) => (
                  <Link to={`/orders/${row.orderId}`}>{row.pathologyNumber ?? row.accessionNumber}</Link>
                ),
              },
              { title: t('quality.reader'), text: (row) => row.reader },
              {
                title: t('quality.result'),
                text: (row) =>
                  row.agrees === null
                    ? t('quality.notYet')
                    : t(row.agrees ? 'quality.agrees' : 'quality.differs'),
                render: (row) =>
                  row.agrees === null ? (
                    <span className="hub-row">
                      <Button
                        size="small"
                        loading={busy}
                        onClick={() =>
                          void act(() => post(`/api/pathology/rechecks/${row.id}`, { agrees: true }))
                        }
                      >
                        {t('quality.agrees')}
                      </Button>
                      <Button size="small" loading={busy} onClick={() => setDiffering(row)}>
                        {t('quality.differs')}
                      </Button>
                    </span>
                  ) : (
                    t(row.agrees ? 'quality.agrees' : 'quality.differs')
                  ),
              },
            ]}
          />
        </section>
      )}
      {differing && (
        <DangerDialog
          open
          title={`${t('quality.differs')} · ${differing.pathologyNumber ?? differing.accessionNumber}`}
          consequence={t('quality.differsConsequence')}
          note
          okText={t('quality.differs')}
          onOk={async ({ note }) => {
            await post(`/api/pathology/rechecks/${differing.id}`, { agrees: false, note });
            await Promise.all([rechecks.refetch(), figures.refetch()]);
          }}
          onClose={() => setDiffering(null)}
        />
      )}
    </div>
  );
}
