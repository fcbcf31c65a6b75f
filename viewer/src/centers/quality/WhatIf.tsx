import { useQuery } from '@tanstack/react-query';
import { InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, query } from '../../api/client.ts';
import { Chart } from '../../shell/Chart.tsx';
import { Figure } from '../../shell/Figure.tsx';
import { Empty, Failed } from '../../shell/states.tsx';
import './whatIf.css';

interface Policy {
  code: string;
  name: string;
  targetMinutes: number;
  mark: string;
}
interface Answer {
  cases: number;
  now: number;
  then: number;
  curve: { minutes: number; met: number }[];
}

/** Share on time that a promise is usually set for. */
const GOAL_PERCENT = 95;

/** What another target would have said about the past: share on time by the minutes on record, at this and other targets. */
export function WhatIf({ span, center }: { span: { from: string; to: string }; center: string }) {
  const { t } = useTranslation('quality');
  const [chosen, setChosen] = useState<string | null>(null);
  const [minutes, setMinutes] = useState<number | null>(null);
  const policies = useQuery({
    queryKey: ['quality', 'what-if', 'policies', center],
    queryFn: () => get<{ items: Policy[] }>(`/api/quality/what-if/policies${query({ center })}`),
  });
  const policy = policies.data?.items.find((row) => row.code === chosen) ?? policies.data?.items[0];
  const target = minutes ?? policy?.targetMinutes ?? 60;
  const answer = useQuery({
    queryKey: ['quality', 'what-if', span, policy?.code, target],
    enabled: policy !== undefined,
    queryFn: () =>
      get<Answer>(`/api/quality/what-if${query({ ...span, policy: policy?.code, targetMinutes: target })}`),
  });
  const share = (met: number | undefined) =>
    answer.data && answer.data.cases > 0 && met !== undefined ? (met / answer.data.cases) * 100 : null;
  const needed = answer.data?.curve.find((each) => (share(each.met) ?? 0) >= GOAL_PERCENT)?.minutes;
  const moved = (answer.data?.then ?? 0) - (answer.data?.now ?? 0);
  return (
    <section aria-label={t('whatIf.title')}>
      <div className="hub-bar">
        <h2 className="hub-subtitle">{t('whatIf.title')}</h2>
        <Select
          aria-label={t('column.policy')}
          style={{ minWidth: 260 }}
          value={policy?.code ?? null}
          onChange={(value) => {
            setChosen(value);
            setMinutes(null);
          }}
          options={(policies.data?.items ?? []).map((row) => ({
            value: row.code,
            label: `${row.name} (${row.targetMinutes} min)`,
          }))}
        />
        <InputNumber
          min={1}
          max={20160}
          value={target}
          suffix="min"
          aria-label={t('whatIf.target')}
          onChange={(value) => setMinutes(value)}
        />
      </div>
      {answer.isError ? (
        <Failed error={answer.error} retry={() => void answer.refetch()} />
      ) : !answer.data || answer.data.cases === 0 ? (
        <Empty text={t('noCases')} />
      ) : (
        <div className="what-if">
          <div className="what-if-figures">
            <Figure
              title={t('whatIf.now', { n: policy?.targetMinutes ?? 0 })}
              value={share(answer.data.now)}
              digits={1}
              unit="%"
              better="up"
              period={`${answer.data.now} / ${answer.data.cases}`}
              formula={t('whatIf.formula')}
            />
            <Figure
              title={t('whatIf.then', { n: target })}
              value={share(answer.data.then)}
              digits={1}
              unit="%"
              better="up"
              period={`${answer.data.then} / ${answer.data.cases}`}
              formula={t('whatIf.formula')}
            />
            <Figure
              title={t('whatIf.needed')}
              value={needed ?? null}
              unit="min"
              better="down"
              period={needed === undefined ? t('whatIf.notReached') : t('whatIf.moved', { n: moved })}
              formula={t('whatIf.neededFormula')}
            />
          </div>
          <Chart
            title={t('whatIf.curve')}
            height={250}
            table={{
              columns: [t('whatIf.target'), t('column.met'), t('column.share')],
              rows: answer.data.curve.map((each) => [
                each.minutes,
                each.met,
                `${(share(each.met) ?? 0).toFixed(1)} %`,
              ]),
            }}
            option={{
              tooltip: { trigger: 'axis' },
              xAxis: { type: 'value', name: 'min' },
              yAxis: { type: 'value', min: 0, max: 100, name: '%' },
              series: [
                {
                  type: 'line',
                  showSymbol: false,
                  data: answer.data.curve.map((each) => [
                    each.minutes,
                    Math.round((share(each.met) ?? 0) * 10) / 10,
                  ]),
                  markLine: { silent: true, data: [{ xAxis: target }] },
                },
              ],
            }}
          />
        </div>
      )}
    </section>
  );
}
