import { Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { put } from '../../api/client.ts';
import type { CenterKind } from '../../api/types.ts';
import { AdminList } from './AdminList.tsx';
import { CriticalLimits, limitsOf } from './CriticalLimits.tsx';
import { useAct } from './useAct.ts';
import { useRefresh } from './useRefresh.ts';

interface Rule {
  id: string;
  centerKind: CenterKind;
  code: string;
  name: string;
  nameEn: string;
  tier: 'critical' | 'significant';
  active: boolean;
  settings: Record<string, unknown> | null;
}

/** What counts as critical, and in which tier. */
export default function CriticalRulesArea() {
  const { t, i18n } = useTranslation(['admin', 'shell']);
  const refresh = useRefresh(['admin-critical']);
  const act = useAct(refresh);
  const change = (row: Rule, part: Partial<Rule>) => void act(put(`/api/critical-rules/${row.id}`, part));
  const nameOf = (row: Rule) => (i18n.language === 'en-US' ? row.nameEn : row.name);
  return (
    <AdminList<Rule>
      name={t('areas.critical')}
      queryKey={['admin-critical']}
      path="/api/critical-rules"
      rowKey="id"
      columns={[
        {
          key: 'center',
          title: t('shell:order.center'),
          width: 100,
          text: (row) => t(`shell:center.${row.centerKind}`),
        },
        { key: 'name', title: t('name'), wrap: 170, text: nameOf },
        {
          key: 'tier',
          title: t('shell:critical.tier'),
          width: 145,
          text: (row) => t(`shell:critical.tiers.${row.tier}`),
          render: (row) => (
            <Select
              size="small"
              value={row.tier}
              aria-label={`${nameOf(row)} ${t('shell:critical.tier')}`}
              onChange={(tier) => change(row, { tier })}
              options={(['critical', 'significant'] as const).map((value) => ({
                value,
                label: t(`shell:critical.tiers.${value}`),
              }))}
              style={{ width: 132 }}
            />
          ),
        },
        {
          key: 'limits',
          wrap: 235,
          title: t('limits.title'),
          text: (row) =>
            limitsOf(row.settings)
              .map(([name, value]) => `${t(`limits.${name}`, { defaultValue: name })} ${value}`)
              .join('; '),
          render: (row) => (
            <CriticalLimits
              name={nameOf(row)}
              settings={row.settings}
              save={(settings) => put(`/api/critical-rules/${row.id}`, { settings }).then(refresh)}
            />
          ),
        },
        {
          key: 'active',
          title: t('active'),
          width: 70,
          text: (row) => t(row.active ? 'yes' : 'no'),
          render: (row) => (
            <Switch
              size="small"
              checked={row.active}
              aria-label={`${nameOf(row)} ${t('active')}`}
              onChange={(active) => change(row, { active })}
            />
          ),
        },
      ]}
    />
  );
}
