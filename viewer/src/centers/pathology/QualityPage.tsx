import { useQuery } from '@tanstack/react-query';
import { Button, DatePicker } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, query } from '../../api/client.ts';
import { has } from '../../shell/access.ts';
import { Figure } from '../../shell/Figure.tsx';
import { ListTable } from '../../shell/ListTable.tsx';
import { useSession } from '../../shell/session.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { CenterRules } from './CenterRules.tsx';
import { noteWords, type IndicatorNote } from './noteWords.ts';
import './pathology.css';
import { Rechecks } from './Rechecks.tsx';

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
  note: IndicatorNote | null;
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
  const mayEdit = has(useSession(), 'center-head');
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
                { title: t('flow.note'), text: (row) => noteWords(row.note, t) },
              ]}
            />
          )}
        </section>
      )}
      <Rechecks month={month} changed={figures.refetch} />
      {mayEdit && <CenterRules />}
    </div>
  );
}
