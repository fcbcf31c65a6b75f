import { useQuery } from '@tanstack/react-query';
import { Button, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, post, query } from '../../api/client.ts';
import { Figure } from '../../shell/Figure.tsx';
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
        <label>
          {t('quality.month')}{' '}
          <input
            type="month"
            value={month}
            onChange={(event) => event.target.value && setMonth(event.target.value)}
          />
        </label>
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
        <Table<Case>
          size="small"
          rowKey="orderId"
          title={() => t(`indicator.${chosen}.name`)}
          loading={cases.isPending}
          dataSource={cases.data?.items ?? []}
          pagination={{ pageSize: 20 }}
          locale={{ emptyText: t('quality.noCases') }}
          columns={[
            {
              title: t('bench.number'),
              render: (_, row) => (
                <Link to={`/orders/${row.orderId}`}>{row.pathologyNumber ?? row.accessionNumber}</Link>
              ),
            },
            { title: t('quality.met'), render: (_, row) => t(row.met ? 'quality.yes' : 'quality.no') },
            { title: t('flow.note'), dataIndex: 'note' },
          ]}
        />
      )}
      {!rechecks.isError && (
        <section className="path-form">
          <div className="hub-row">
            <strong>{t('quality.recheck')}</strong>
            <Button
              size="small"
              loading={busy}
              onClick={() => void act(() => post('/api/pathology/rechecks/draw', { month }))}
            >
              {t('quality.draw')}
            </Button>
          </div>
          <Table<Recheck>
            size="small"
            rowKey="id"
            pagination={false}
            dataSource={rechecks.data?.items ?? []}
            locale={{ emptyText: t('quality.noneDrawn') }}
            columns={[
              {
                title: t('bench.number'),
                render: (_, row) => (
                  <Link to={`/orders/${row.orderId}`}>{row.pathologyNumber ?? row.accessionNumber}</Link>
                ),
              },
              { title: t('quality.reader'), dataIndex: 'reader' },
              {
                title: t('quality.result'),
                render: (_, row) =>
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
                      <Button
                        size="small"
                        loading={busy}
                        onClick={() =>
                          void act(() =>
                            post(`/api/pathology/rechecks/${row.id}`, {
                              agrees: false,
                              note: t('quality.differs'),
                            }),
                          )
                        }
                      >
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
    </div>
  );
}
