import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, InputNumber, Space, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, put } from '../../api/client.ts';
import { errorText, Failed, Loading } from '../../shell/states.tsx';

interface Rule {
  code: string;
  active: boolean;
  settings: Record<string, number>;
  bounds: Record<string, { least: number; most: number }>;
}

/** Rules that open tickets with their numbers, and the days of each step of supervision. */
export function TicketRules({ editable }: { editable: boolean }) {
  const { t } = useTranslation(['quality', 'shell']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const [days, setDays] = useState<number[] | null>(null);
  const rules = useQuery({
    queryKey: ['ticket-rules'],
    queryFn: () => get<{ steps: number[]; items: Rule[] }>('/api/ticket-rules'),
  });
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await client.invalidateQueries({ queryKey: ['ticket-rules'] });
      message.success(t('saved'));
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  if (rules.isPending) return <Loading />;
  if (rules.isError) return <Failed error={rules.error} retry={() => void rules.refetch()} />;
  const steps = days ?? rules.data.steps;
  return (
    <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
      {rules.data.items.map((rule) => (
        <section key={rule.code} className="hub-panel" aria-label={t(`ticketRule.name.${rule.code}`)}>
          <div className="hub-bar">
            <b>{t(`ticketRule.name.${rule.code}`)}</b>
            <span className="hub-grow" />
            <Switch
              checked={rule.active}
              disabled={!editable}
              aria-label={t(`ticketRule.name.${rule.code}`)}
              onChange={(active) =>
                void attempt(() => put(`/api/ticket-rules/${rule.code}`, { active, settings: rule.settings }))
              }
            />
          </div>
          <p className="hub-quiet">{t(`ticketRule.about.${rule.code}`)}</p>
          <Space wrap>
            {Object.entries(rule.bounds).map(([name, { least, most }]) => (
              <label key={name}>
                {t(`ticketRule.setting.${name}`)}{' '}
                <InputNumber
                  min={least}
                  max={most}
                  disabled={!editable}
                  defaultValue={rule.settings[name] ?? least}
                  aria-label={t(`ticketRule.setting.${name}`)}
                  onBlur={(event) => {
                    const value = Number(event.target.value);
                    if (Number.isFinite(value) && value !== rule.settings[name])
                      void attempt(() =>
                        put(`/api/ticket-rules/${rule.code}`, {
                          active: rule.active,
                          settings: { ...rule.settings, [name]: value },
                        }),
                      );
                  }}
                />
              </label>
            ))}
          </Space>
        </section>
      ))}
      <section className="hub-panel" aria-label={t('ticketRule.steps')}>
        <b>{t('ticketRule.steps')}</b>
        <p className="hub-quiet">{t('ticketRule.stepsAbout')}</p>
        <Space wrap>
          {steps.map((value, index) => (
            <InputNumber
              key={index}
              min={1}
              max={365}
              disabled={!editable}
              value={value}
              aria-label={`${t('ticketRule.step')} ${index + 1}`}
              onChange={(next) => setDays(steps.map((each, at) => (at === index ? (next ?? each) : each)))}
            />
          ))}
          {editable && days && (
            <Button
              type="primary"
              onClick={() =>
                void attempt(async () => {
                  await put('/api/ticket-steps', { days });
                  setDays(null);
                })
              }
            >
              {t('save')}
            </Button>
          )}
        </Space>
      </section>
    </Space>
  );
}
