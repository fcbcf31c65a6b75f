import { App, Button, Checkbox, DatePicker, Select } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ApiError, postForFile, query } from '../../api/client.ts';
import type { OrderStatus } from '../../api/types.ts';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { StatusWord } from '../../shell/StatusWord.tsx';
import { today } from '../../shell/today.ts';
import { problemText } from './problemText.ts';
import { useLab } from './useLab.ts';

interface Row {
  orderId: string;
  accessionNumber: string;
  patientName: string;
  itemName: string;
  finalAt: string;
  status: OrderStatus;
  institutionName: string;
  institutionCode: string;
  printedAt: string | null;
  pdf: string;
}
const MOST = 100;

/** Final reports of a site in one print: those not printed yet are chosen already. */
export default function PrintPage() {
  const { t } = useTranslation(['lab', 'shell']);
  const { message } = App.useApp();
  const [range, setRange] = useState<[string, string]>(() => [
    today().subtract(2, 'day').format('YYYY-MM-DD'),
    today().format('YYYY-MM-DD'),
  ]);
  const [site, setSite] = useState<string>();
  const [fresh, setFresh] = useState(true);
  const [picked, setPicked] = useState<string[] | null>(null);
  const [busy, setBusy] = useState(false);
  const list = useLab<{ items: Row[]; total: number }>(
    `lab/printable${query({ from: range[0], to: range[1], institution: site, limit: 200 })}`,
  );
  const rows = (list.data?.items ?? []).filter((row) => !fresh || row.printedAt === null);
  const sites = new Map((list.data?.items ?? []).map((row) => [row.institutionCode, row.institutionName]));
  const chosen = (picked ?? rows.map((row) => row.orderId))
    .filter((id) => rows.some((row) => row.orderId === id))
    .slice(0, MOST);
  const print = async () => {
    setBusy(true);
    try {
      const answer = await postForFile('/api/lab/printable.pdf', { orderIds: chosen });
      const url = URL.createObjectURL(await answer.blob());
      const page = window.open(url, '_blank');
      if (!page) void message.warning(t('print.blocked'), 8);
      setTimeout(() => URL.revokeObjectURL(url), 120_000);
      void message.success(t('print.done', { n: Number(answer.headers.get('x-printed') ?? chosen.length) }));
      setPicked(null);
      await list.refetch();
    } catch (error) {
      void message.error(error instanceof ApiError ? problemText(error, t) : t('print.failed'), 8);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.print')}</h1>
        <DatePicker.RangePicker
          allowClear={false}
          value={[dayjs(range[0]), dayjs(range[1])]}
          onChange={(value) =>
            value?.[0] && value[1] && setRange([value[0].format('YYYY-MM-DD'), value[1].format('YYYY-MM-DD')])
          }
        />
        {(sites.size > 1 || site !== undefined) && (
          <Select
            allowClear
            style={{ width: 180 }}
            placeholder={t('col.site')}
            aria-label={t('col.site')}
            {...(site !== undefined && { value: site })}
            onChange={(value: string | undefined) => {
              setSite(value);
              setPicked(null);
            }}
            options={[...sites].map(([value, label]) => ({ value, label }))}
          />
        )}
        <Checkbox
          checked={fresh}
          onChange={(event) => {
            setFresh(event.target.checked);
            setPicked(null);
          }}
        >
          {t('print.fresh')}
        </Checkbox>
        <span className="hub-grow" />
        <Button type="primary" loading={busy} disabled={chosen.length === 0} onClick={() => void print()}>
          {t('print.now', { n: chosen.length })}
        </Button>
      </div>
      <div className="hub-scroll">
        {list.isPending ? (
          <Loading rows={6} />
        ) : list.isError ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : (
          <ListTable<Row>
            name={t('nav.print')}
            rowKey="orderId"
            rows={rows}
            empty={t('print.none')}
            heading={
              list.data.total > list.data.items.length && (
                <span className="hub-tone-warn">
                  {t('print.first', { n: list.data.items.length, of: list.data.total })}
                </span>
              )
            }
            selection={{ keys: chosen, onChange: setPicked }}
            columns={[
              {
                title: t('col.accession'),
                text: (row) => row.accessionNumber,
                render: (row) => <Link to={`/orders/${row.orderId}`}>{row.accessionNumber}</Link>,
              },
              { person: true, title: t('col.patient'), text: (row) => row.patientName },
              { title: t('col.items'), width: 260, text: (row) => row.itemName },
              { title: t('col.site'), text: (row) => row.institutionName },
              {
                title: t('col.state'),
                text: (row) => t(`shell:status.${row.status}`),
                render: (row) => <StatusWord status={row.status} />,
              },
              { title: t('print.signed'), text: (row) => dateTime(row.finalAt) },
              {
                title: t('print.printed'),
                text: (row) => (row.printedAt ? dateTime(row.printedAt) : t('print.notYet')),
              },
              {
                title: '',
                render: (row) => (
                  <a href={row.pdf} target="_blank" rel="noreferrer">
                    PDF
                  </a>
                ),
              },
            ]}
          />
        )}
      </div>
    </div>
  );
}
