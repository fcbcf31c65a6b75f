import { DownloadOutlined } from '@ant-design/icons';
import { App, Button, Dropdown } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { may } from './access.ts';
import { ExportDialog, type ExportValues } from './ExportDialog.tsx';
import { download, maskNames, toCsv, toXlsx, type ExportColumn } from './exportRows.ts';
import { dateTime } from './format.ts';
import { useSession } from './session.tsx';
import { errorText } from './states.tsx';

interface Props<T> {
  name: string;
  columns: ExportColumn<T>[];
  /** Rows as shown, or a function that fetches what the list holds. */
  rows: readonly T[] | (() => Promise<readonly T[]>);
}

/** CSV (with BOM) or xlsx of what the list shows. Patients leave the hub only by right, with a reason and on record. */
export function ExportButton<T>({ name, columns, rows }: Props<T>) {
  const { t } = useTranslation('shell');
  const session = useSession();
  const { message } = App.useApp();
  const [asking, setAsking] = useState(false);
  const persons = columns.some((column) => column.person);
  const fetchRows = async () => (typeof rows === 'function' ? await rows() : rows);
  const save = async (form: string, some: ExportColumn<T>[], all: readonly T[], mark?: string) => {
    const stamp = dateTime(new Date().toISOString()).replace(/[: ]/g, '-');
    const content =
      form === 'csv'
        ? new Blob([toCsv(some, all, mark)], { type: 'text/csv;charset=utf-8' })
        : await toXlsx(some, all, name, mark);
    download(content, `${name}-${stamp}.${form}`);
  };
  const run = async (form: string) => {
    try {
      await save(form, columns, await fetchRows());
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  const runWithPersons = async ({ form, named, reason, username, password }: ExportValues) => {
    const all = await fetchRows();
    const made = await post<{ id: string; exportedAt: string }>('/api/exports', {
      list: name,
      form,
      rows: all.length,
      named,
      reason,
      ...(username && { witness: { username, password: password ?? '' } }),
    });
    const mark = t('export.mark', {
      who: session.user.name,
      at: dateTime(made.exportedAt),
      reason,
      id: made.id,
    });
    await save(form, named ? columns : maskNames(columns), all, mark);
  };
  if (persons && !may(session, 'export')) return null;
  if (persons)
    return (
      <>
        <Button
          icon={<DownloadOutlined />}
          disabled={rows.length === 0 && typeof rows !== 'function'}
          onClick={() => setAsking(true)}
        >
          {t('action.export')}
        </Button>
        {asking && <ExportDialog open name={name} onSave={runWithPersons} onClose={() => setAsking(false)} />}
      </>
    );
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'xlsx', label: 'Excel (.xlsx)' },
          { key: 'csv', label: 'CSV' },
        ],
        onClick: ({ key }) => void run(key),
      }}
    >
      <Button icon={<DownloadOutlined />}>{t('action.export')}</Button>
    </Dropdown>
  );
}
