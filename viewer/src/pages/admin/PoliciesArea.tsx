import { Button, Popconfirm, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { may } from '../../shell/access.ts';
import { dateTime } from '../../shell/format.ts';
import { useSession } from '../../shell/session.tsx';
import { AdminList } from './AdminList.tsx';
import { PolicyDialog, type Policy } from './PolicyDialog.tsx';
import { useAct } from './useAct.ts';
import { useRefresh } from './useRefresh.ts';

/** Turnaround policies. A change is a new version; running cases keep theirs. */
export default function PoliciesArea() {
  const { t, i18n } = useTranslation(['admin', 'shell']);
  const nameOf = (row: Policy) => (i18n.language === 'en-US' ? (row.nameEn ?? row.name) : row.name);
  const session = useSession();
  const refresh = useRefresh(['policies']);
  const act = useAct(refresh);
  const [editing, setEditing] = useState<{ policy: Policy; special: boolean } | null>(null);
  const [history, setHistory] = useState(false);
  return (
    <>
      <AdminList<Policy>
        name={t('areas.policies')}
        queryKey={['policies']}
        path="/api/policies"
        rowKey="id"
        filter={(row) => history || row.validTo === null}
        columns={[
          {
            key: 'center',
            title: t('shell:order.center'),
            width: 90,
            text: (row) => t(`shell:center.${row.centerKind}`),
          },
          { key: 'name', title: t('name'), wrap: 150, text: nameOf },
          { key: 'mark', title: t('mark'), width: 80, text: (row) => t(`marks.${row.mark}`) },
          {
            key: 'for',
            wrap: 110,
            title: t('appliesTo'),
            text: (row) =>
              [
                row.itemClass ? t(`itemClass.${row.itemClass}`, { defaultValue: row.itemClass }) : '',
                row.priority ? t(`shell:priority.${row.priority}`) : '',
                row.flag ? t(`shell:flag.${row.flag}`) : '',
              ]
                .filter(Boolean)
                .join(' · '),
          },
          {
            key: 'span',
            wrap: 130,
            title: t('span'),
            text: (row) => `${t(`shell:event.${row.startEvent}`)} → ${t(`shell:event.${row.stopEvent}`)}`,
          },
          {
            key: 'target',
            title: t('target'),
            width: 85,
            text: (row) =>
              row.workingDays
                ? t('workingDaysOf', { n: row.workingDays })
                : t('shell:time.minutes', { m: row.targetMinutes }),
          },
          {
            key: 'warn',
            title: t('warnBefore'),
            width: 75,
            text: (row) => t('shell:time.minutes', { m: row.warnMinutes }),
          },
          { key: 'calendar', title: t('calendar'), width: 120, text: (row) => row.calendarName ?? '24×7' },
          { key: 'version', title: t('version'), width: 60, text: (row) => String(row.version) },
          {
            key: 'from',
            title: t('validFrom'),
            width: 90,
            text: (row) => dateTime(row.validFrom).slice(0, 10),
            render: (row) => (
              <span title={dateTime(row.validFrom)}>{dateTime(row.validFrom).slice(0, 10)}</span>
            ),
          },
        ]}
        actions={
          <label className="hub-row">
            <Switch size="small" checked={history} onChange={setHistory} /> {t('oldVersions')}
          </label>
        }
        rowActions={(row) =>
          row.validTo === null &&
          may(session, 'policy.edit') && (
            <>
              <Button size="small" type="link" onClick={() => setEditing({ policy: row, special: false })}>
                {t('newVersion')}
              </Button>
              {(row.itemClass === null || row.priority === null) && (
                <Button size="small" type="link" onClick={() => setEditing({ policy: row, special: true })}>
                  {t('policy.special')}
                </Button>
              )}
              {row.mark !== 'N' && (
                <Popconfirm
                  title={t('policy.endPolicy', { name: nameOf(row) })}
                  onConfirm={() => void act(post(`/api/policies/${row.id}/end`))}
                >
                  <Button size="small" type="link" danger>
                    {t('policy.end')}
                  </Button>
                </Popconfirm>
              )}
            </>
          )
        }
      />
      <PolicyDialog
        policy={editing?.policy ?? null}
        special={editing?.special ?? false}
        onClose={() => setEditing(null)}
        onSaved={refresh}
      />
    </>
  );
}
