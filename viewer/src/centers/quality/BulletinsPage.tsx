import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Input, Modal, Segmented, Select, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.ts';
import { has } from '../../shell/access.ts';
import { dateTime } from '../../shell/format.ts';
import { useSession } from '../../shell/session.tsx';
import { errorText } from '../../shell/states.tsx';
import { today } from '../../shell/today.ts';
import { BulletinVerdict, type Reproduced } from './BulletinVerdict.tsx';
import { FigureTable } from './FigureTable.tsx';

interface Bulletin {
  id: string;
  period: string;
  madeAt: string;
  madeBy: string | null;
  signedAt: string | null;
  signedBy: string | null;
  pageSha256: string;
}
/** Periods that have ended, newest first: months, quarters or half years of the last two years. */
function endedPeriods(kind: 'month' | 'quarter' | 'half'): string[] {
  const months = kind === 'month' ? 1 : kind === 'quarter' ? 3 : 6;
  const now = today();
  const periods: string[] = [];
  for (let back = 1; back <= 24; back++) {
    const end = now.subtract(back, 'month');
    if ((end.month() + 1) % months !== 0) continue;
    const number = (end.month() + 1) / months;
    periods.push(
      kind === 'month' ? end.format('YYYY-MM') : `${end.year()}-${kind === 'quarter' ? 'Q' : 'H'}${number}`,
    );
  }
  return periods;
}

/** 月通报 and half-year evaluation: made from frozen figures, signed, archived, reproduced. */
export default function BulletinsPage() {
  const { t } = useTranslation(['quality', 'shell']);
  const session = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [kind, setKind] = useState<'month' | 'quarter' | 'half'>('month');
  const [making, setMaking] = useState(false);
  const [period, setPeriod] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const [signing, setSigning] = useState<Bulletin | null>(null);
  const [pin, setPin] = useState('');
  const [busy, setBusy] = useState(false);
  const [checked, setChecked] = useState<Reproduced | null>(null);
  const reviews = has(session, 'quality', 'center-head');
  const bulletins = useQuery({
    queryKey: ['quality', 'bulletins'],
    queryFn: () => get<{ items: Bulletin[] }>('/api/quality/bulletins'),
  });
  const attempt = async (work: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await work();
      await client.invalidateQueries({ queryKey: ['quality', 'bulletins'] });
    } catch (error) {
      message.error(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.bulletins')}</h1>
        <span className="hub-grow" />
        {reviews && (
          <Button type="primary" onClick={() => setMaking(true)}>
            {t('bulletin.make')}
          </Button>
        )}
      </div>
      <p className="hub-quiet">{t('bulletin.about')}</p>
      {checked && <BulletinVerdict checked={checked} onClose={() => setChecked(null)} />}
      <FigureTable<Bulletin>
        title={t('nav.bulletins')}
        rows={bulletins.data?.items}
        error={bulletins.error}
        retry={() => void bulletins.refetch()}
        rowKey={(row) => row.id}
        empty={t('bulletin.none')}
        columns={[
          { title: t('bulletin.period'), text: (row) => row.period },
          { title: t('bulletin.madeAt'), text: (row) => dateTime(row.madeAt) },
          { title: t('bulletin.madeBy'), text: (row) => row.madeBy },
          {
            title: t('column.state'),
            text: (row) =>
              row.signedAt
                ? t('bulletin.signed', { who: row.signedBy ?? '', at: dateTime(row.signedAt) })
                : t('bulletin.draft'),
          },
          {
            title: t('column.acts'),
            text: () => '',
            render: (row) => (
              <Space>
                <Button size="small" href={`/api/quality/bulletins/${row.id}/bulletin.pdf`} target="_blank">
                  PDF
                </Button>
                <Button size="small" href={`/api/quality/bulletins/${row.id}/bulletin.xlsx`}>
                  Excel
                </Button>
                {reviews && !row.signedAt && (
                  <Button size="small" type="primary" onClick={() => setSigning(row)}>
                    {t('bulletin.sign')}
                  </Button>
                )}
                {reviews && (
                  <Button
                    size="small"
                    loading={busy}
                    onClick={() =>
                      void attempt(async () =>
                        setChecked(await get<Reproduced>(`/api/quality/bulletins/${row.id}/reproduce`)),
                      )
                    }
                  >
                    {t('bulletin.reproduce')}
                  </Button>
                )}
              </Space>
            ),
          },
        ]}
      />
      <Modal
        open={making}
        title={t('bulletin.make')}
        onCancel={() => setMaking(false)}
        okButtonProps={{ disabled: period === null, loading: busy }}
        onOk={() =>
          void attempt(async () => {
            await post('/api/quality/bulletins', { period, ...(note.trim() && { note }) });
            setMaking(false);
            setNote('');
          })
        }
      >
        <Space orientation="vertical" style={{ width: '100%' }}>
          <Segmented
            value={kind}
            onChange={(value) => {
              setKind(value);
              setPeriod(null);
            }}
            options={(['month', 'quarter', 'half'] as const).map((value) => ({
              value,
              label: t(`bulletin.kind.${value}`),
            }))}
          />
          <Select
            aria-label={t('bulletin.period')}
            placeholder={t('bulletin.period')}
            style={{ width: '100%' }}
            value={period}
            onChange={setPeriod}
            options={endedPeriods(kind).map((value) => ({ value, label: value }))}
          />
          <Input.TextArea
            rows={4}
            maxLength={4000}
            value={note}
            aria-label={t('bulletin.note')}
            placeholder={t('bulletin.note')}
            onChange={(event) => setNote(event.target.value)}
          />
        </Space>
      </Modal>
      <Modal
        open={signing !== null}
        title={`${t('bulletin.sign')} · ${signing?.period ?? ''}`}
        onCancel={() => setSigning(null)}
        okButtonProps={{ disabled: pin.length < 4, loading: busy }}
        onOk={() =>
          void attempt(async () => {
            await post(`/api/quality/bulletins/${signing?.id}/sign`, { pin });
            setSigning(null);
            setPin('');
          })
        }
      >
        <p>{t('bulletin.signNote')}</p>
        <Input.Password
          value={pin}
          aria-label="PIN"
          placeholder="PIN"
          autoComplete="off"
          onChange={(event) => setPin(event.target.value)}
        />
      </Modal>
    </div>
  );
}
