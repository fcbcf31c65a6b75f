import { Alert, Button, Form, Input, InputNumber, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { CenterKind } from '../../api/types.ts';
import { may } from '../../shell/access.ts';
import { dateTime } from '../../shell/format.ts';
import { useSession } from '../../shell/session.tsx';
import { AdminList } from './AdminList.tsx';
import { FormDialog } from '../../shell/FormDialog.tsx';
import { useRefresh } from './useRefresh.ts';

interface Policy {
  id: string;
  code: string;
  version: number;
  name: string;
  nameEn: string | null;
  centerKind: CenterKind;
  itemClass: string | null;
  priority: string | null;
  flag: string | null;
  kind: string;
  startEvent: string;
  stopEvent: string;
  targetMinutes: number;
  warnMinutes: number;
  workingDays: number | null;
  calendarName: string | null;
  mark: 'N' | 'L' | 'P';
  validFrom: string;
  validTo: string | null;
}

/** Turnaround policies. A change is a new version; running cases keep theirs. */
export default function PoliciesArea() {
  const { t, i18n } = useTranslation(['admin', 'shell']);
  const nameOf = (row: Policy) => (i18n.language === 'en-US' ? (row.nameEn ?? row.name) : row.name);
  const session = useSession();
  const refresh = useRefresh(['policies']);
  const [editing, setEditing] = useState<Policy | null>(null);
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
            <Button size="small" type="link" onClick={() => setEditing(row)}>
              {t('newVersion')}
            </Button>
          )
        }
      />
      <FormDialog<Pick<Policy, 'name' | 'nameEn' | 'targetMinutes' | 'warnMinutes' | 'workingDays'>>
        open={editing !== null}
        title={t('newVersionOf', { what: editing ? nameOf(editing) : '' })}
        initial={editing ?? {}}
        onClose={() => setEditing(null)}
        onSave={async (values) => {
          await post(`/api/policies/${editing?.id ?? ''}/versions`, values);
          refresh();
        }}
      >
        <Alert
          type="info"
          title={t(editing?.mark === 'N' ? 'policyHintNational' : 'policyHint')}
          style={{ marginBottom: 10 }}
        />
        <Form.Item name="name" label={t('name')} rules={[{ required: true, message: t('required') }]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="nameEn" label={t('nameEn')}>
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item
          name="targetMinutes"
          label={t('targetMinutes')}
          rules={[{ required: true, message: t('required') }]}
        >
          <InputNumber min={1} max={100000} />
        </Form.Item>
        <Form.Item
          name="warnMinutes"
          label={t('warnMinutes')}
          rules={[{ required: true, message: t('required') }]}
        >
          <InputNumber min={0} max={100000} />
        </Form.Item>
        <Form.Item name="workingDays" label={t('workingDays')}>
          <InputNumber min={1} max={60} />
        </Form.Item>
      </FormDialog>
    </>
  );
}
