import { Button, Checkbox, Form, InputNumber } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { put } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { AdminList } from '../admin/AdminList.tsx';
import { FormDialog } from '../../shell/FormDialog.tsx';
import { useRefresh } from '../admin/useRefresh.ts';
import { INTERFACES } from './useInterfaces.ts';

interface Sender {
  id: string;
  kind: string;
  name: string;
  sender: string;
  address: string | null;
  certificateFingerprint: string | null;
  state: 'unknown' | 'admitted' | 'blocked';
  lastSeenAt: string | null;
  silentMinutes: number | null;
  settings: { hl7?: { plainAck?: boolean } };
  institutionName: string | null;
  messagesDay: number;
  problemsDay: number;
}
interface Values {
  silentMinutes: number | null;
  plainAck?: boolean;
}

/** Who sends, bound to what, heard when; when silence is an alarm, and the quirks of its answers. */
export default function SendersArea() {
  const { t } = useTranslation(['interfaces', 'shell']);
  const key = [...INTERFACES, 'senders'];
  const refresh = useRefresh(key);
  const [editing, setEditing] = useState<Sender | null>(null);
  const bound = (row: Sender) =>
    row.certificateFingerprint
      ? `${t('sender.certificate')} ${row.certificateFingerprint.slice(0, 11)}…`
      : (row.address ?? t('sender.anyAddress'));
  const silence = (row: Sender) =>
    row.silentMinutes === null
      ? t('sender.auto')
      : row.silentMinutes === 0
        ? t('sender.never')
        : t('sender.minutes', { n: row.silentMinutes });
  return (
    <div className="hub-scroll">
      <AdminList<Sender>
        name={t('tabs.senders')}
        queryKey={key}
        path="/api/hl7/senders"
        rowKey="id"
        columns={[
          {
            key: 'state',
            title: t('sender.state'),
            width: 80,
            text: (row) => t(`sender.states.${row.state}`),
            render: (row) => (
              <span
                className={`hub-tone-${row.state === 'unknown' ? 'warn' : row.state === 'blocked' ? 'breach' : 'done'}`}
              >
                {t(`sender.states.${row.state}`)}
              </span>
            ),
          },
          { key: 'sender', title: t('sender.sender'), text: (row) => row.sender },
          { key: 'name', title: t('sender.name'), text: (row) => row.name },
          { key: 'institution', title: t('sender.institution'), text: (row) => row.institutionName ?? '' },
          { key: 'bound', title: t('sender.bound'), text: bound },
          { key: 'last', title: t('sender.last'), width: 140, text: (row) => dateTime(row.lastSeenAt) },
          {
            key: 'day',
            title: t('sender.day'),
            width: 80,
            text: (row) => String(row.messagesDay),
            render: (row) => (
              <Link to={`/interfaces/messages?sender=${encodeURIComponent(row.sender)}`}>
                {row.messagesDay}
              </Link>
            ),
          },
          {
            key: 'problems',
            title: t('sender.problems'),
            width: 70,
            text: (row) => String(row.problemsDay),
            render: (row) =>
              row.problemsDay > 0 ? <span className="hub-tone-warn">{row.problemsDay}</span> : '',
          },
          { key: 'silent', title: t('sender.silent'), width: 110, text: silence },
        ]}
        rowActions={(row) =>
          row.state === 'unknown' ? (
            <Link to="/admin/devices">{t('alarm.admit')}</Link>
          ) : (
            <Button size="small" type="link" onClick={() => setEditing(row)}>
              {t('edit')}
            </Button>
          )
        }
      />
      <FormDialog<Values>
        open={editing !== null}
        title={`${t('sender.edit')} ${editing?.sender ?? ''}`}
        initial={{
          silentMinutes: editing?.silentMinutes ?? null,
          plainAck: editing?.settings.hl7?.plainAck ?? false,
        }}
        onClose={() => setEditing(null)}
        onSave={async ({ silentMinutes, plainAck }) => {
          await put(`/api/hl7/senders/${editing?.id ?? ''}`, {
            silentMinutes: silentMinutes ?? null,
            quirks: { plainAck: plainAck ?? false },
          });
          refresh();
        }}
      >
        <Form.Item name="silentMinutes" label={t('sender.silentMinutes')} extra={t('sender.silentHint')}>
          <InputNumber min={0} max={100_000} suffix={t('sender.minute')} />
        </Form.Item>
        <Form.Item name="plainAck" label={t('sender.plainAck')} valuePropName="checked">
          <Checkbox>{t('sender.plainAckHint')}</Checkbox>
        </Form.Item>
      </FormDialog>
    </div>
  );
}
