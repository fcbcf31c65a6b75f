import { DownloadOutlined } from '@ant-design/icons';
import { App, Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { dateTime } from './format.ts';
import { download, toCsv, toXlsx, type ExportColumn } from './exportRows.ts';
import { errorText } from './states.tsx';

interface Props<T> {
  name: string;
  columns: ExportColumn<T>[];
  /** Rows as shown, or a function that fetches what the list holds. */
  rows: readonly T[] | (() => Promise<readonly T[]>);
}

/** CSV (with BOM) or xlsx of what the list shows. */
export function ExportButton<T>({ name, columns, rows }: Props<T>) {
  const { t } = useTranslation('shell');
  const { message } = App.useApp();
  const run = async (form: string) => {
    try {
      const all = typeof rows === 'function' ? await rows() : rows;
      const stamp = dateTime(new Date().toISOString()).replace(/[: ]/g, '-');
      const content =
        form === 'csv'
          ? new Blob([toCsv(columns, all)], { type: 'text/csv;charset=utf-8' })
          : await toXlsx(columns, all, name);
      download(content, `${name}-${stamp}.${form}`);
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
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
