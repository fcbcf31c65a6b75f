import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, DatePicker, Drawer } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { errorText } from '../../shell/states.tsx';
import { today } from '../../shell/today.ts';
import { FigureTable } from './FigureTable.tsx';
import { Recharges } from './settlement/Recharges.tsx';

interface Line {
  itemCode: string;
  itemName: string;
  center: string;
  cases: number;
  price: number;
  share: number;
  amount: number;
}
interface Sheet {
  payerId: string;
  payer: string;
  payeeId: string;
  payee: string;
  cases: number;
  gross: number;
  amount: number;
  lines: Line[];
}
/** Monthly settlement per pair of institutions from prices frozen at signing, and adopted items charged again. */
export default function SettlementPage() {
  const { t } = useTranslation(['quality', 'shell']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const [month, setMonth] = useState(today().startOf('month'));
  const [open, setOpen] = useState<Sheet | null>(null);
  const period = month.format('YYYY-MM');
  const sheets = useQuery({
    queryKey: ['settlement', period],
    queryFn: () =>
      get<{
        items: Sheet[];
        closed: boolean;
        closedAt: string | null;
        ended: boolean;
        shares: Record<string, number>;
      }>(`/api/settlement?period=${period}`),
  });
  const close = async () => {
    try {
      const { sheets: made } = await post<{ sheets: number }>('/api/settlement/close', { period });
      message.success(t('settlement.closedNow', { n: made }));
      await client.invalidateQueries({ queryKey: ['settlement'] });
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  const money = (value: number) => value.toFixed(2);
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.settlement')}</h1>
        <span className="hub-grow" />
        <DatePicker
          picker="month"
          allowClear={false}
          value={month}
          onChange={(value) => value && setMonth(value)}
          aria-label={t('column.month')}
        />
        {sheets.data && !sheets.data.closed && (
          <Button type="primary" disabled={!sheets.data.ended} onClick={() => void close()}>
            {t('settlement.close')}
          </Button>
        )}
      </div>
      <p className="hub-quiet">
        {t('settlement.about')}{' '}
        {Object.entries(sheets.data?.shares ?? {})
          .map(([center, share]) => `${t(`area.${center}`)} ${Math.round(share * 100)} %`)
          .join(' · ')}
      </p>
      {sheets.data && (
        <Alert
          type={sheets.data.closed ? 'success' : 'info'}
          title={
            sheets.data.closed && sheets.data.closedAt
              ? t('settlement.closed', { at: dateTime(sheets.data.closedAt) })
              : t('settlement.running')
          }
        />
      )}
      <FigureTable<Sheet>
        title={`${t('settlement.sheets')} ${period}`}
        rows={sheets.data?.items}
        error={sheets.error}
        retry={() => void sheets.refetch()}
        rowKey={(row) => row.payerId + row.payeeId}
        empty={t('settlement.none')}
        columns={[
          {
            title: t('settlement.payer'),
            text: (row) => row.payer,
            render: (row) => (
              <Button type="link" size="small" onClick={() => setOpen(row)}>
                {row.payer}
              </Button>
            ),
          },
          { title: t('settlement.payee'), text: (row) => row.payee },
          { title: t('column.cases'), number: true, text: (row) => row.cases },
          {
            title: t('settlement.gross'),
            number: true,
            text: (row) => row.gross,
            render: (row) => money(row.gross),
          },
          {
            title: t('settlement.amount'),
            number: true,
            text: (row) => row.amount,
            render: (row) => money(row.amount),
          },
        ]}
      />
      <Recharges from={`${period}-01`} to={month.endOf('month').format('YYYY-MM-DD')} />
      <Drawer
        open={open !== null}
        onClose={() => setOpen(null)}
        size={860}
        title={open ? `${open.payer} → ${open.payee} · ${period}` : ''}
      >
        {open && (
          <FigureTable<Line>
            title={t('settlement.lines')}
            rows={open.lines}
            rowKey={(row) => `${row.itemCode} ${row.price}`}
            empty={t('settlement.none')}
            columns={[
              { title: t('column.center'), text: (row) => t(`area.${row.center}`) },
              { title: t('column.item'), text: (row) => `${row.itemName} ${row.itemCode}` },
              { title: t('column.cases'), number: true, text: (row) => row.cases },
              { title: t('column.price'), number: true, text: (row) => row.price },
              {
                title: t('settlement.share'),
                number: true,
                text: (row) => row.share,
                render: (row) => `${Math.round(row.share * 100)} %`,
              },
              {
                title: t('settlement.amount'),
                number: true,
                text: (row) => row.amount,
                render: (row) => money(row.amount),
              },
            ]}
          />
        )}
      </Drawer>
    </div>
  );
}
