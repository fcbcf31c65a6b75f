import { Button, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { faultText } from './problemText.ts';
import { useAct, useLab } from './useLab.ts';
import { unitText } from './unitText.ts';

interface Row {
  id: number;
  instrumentId: string;
  instrument: string;
  specimenId: string | null;
  instrumentCode: string;
  value: string;
  unit: string | null;
  state: string;
  reason: string | null;
  reasonCode: string | null;
  reasonParams: Record<string, string | number> | null;
  receivedAt: string;
}

/** What analyzers said and nobody could use yet: map a code once, say which tube it was, or set it aside. */
export default function OpenResultsPage() {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [row, setRow] = useState<{ row: Row; kind: 'map' | 'assign' | 'dismiss' } | null>(null);
  const [text, setText] = useState('');
  const list = useLab<{ items: Row[]; total: number }>(
    'lab/instrument-results?state=unmatched,unknown-code,held&limit=200',
  );
  const tests = useLab<{ items: { code: string; name: string }[] }>('lab/tests');
  const start = (chosen: Row, kind: 'map' | 'assign' | 'dismiss') => {
    setText('');
    setRow({ row: chosen, kind });
  };
  const run = async () => {
    if (!row) return;
    const path =
      row.kind === 'map'
        ? `instruments/${row.row.instrumentId}/map`
        : `instrument-results/${row.row.id}/${row.kind}`;
    const body =
      row.kind === 'map'
        ? { instrumentCode: row.row.instrumentCode, testCode: text }
        : row.kind === 'assign'
          ? { barcode: text }
          : { reason: text };
    const done = await act(
      () => post(`/api/lab/${path}`, body),
      () => t('said.decided'),
    );
    if (done !== undefined) setRow(null);
  };
  return (
    <div className="hub-page">
      <h1 className="hub-title">{t('nav.openResults')}</h1>
      <div className="hub-scroll">
        {list.isPending ? (
          <Loading />
        ) : list.isError ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : (
          <ListTable<Row>
            name={t('nav.openResults')}
            rowKey="id"
            rows={list.data.items}
            total={list.data.total}
            empty={t('noOpenResults')}
            columns={[
              {
                title: t('col.at'),
                text: (one) => dateTime(one.receivedAt),
                render: (one) => <span className="hub-num">{dateTime(one.receivedAt)}</span>,
              },
              { title: t('col.instrument'), text: (one) => one.instrument },
              { title: t('col.tube'), text: (one) => one.specimenId },
              { title: t('col.code'), text: (one) => one.instrumentCode },
              {
                title: t('col.value'),
                width: 160,
                text: (one) => `${one.value} ${unitText(one.unit)}`.trim(),
                render: (one) => <ShownValue value={one.value} unit={unitText(one.unit)} />,
              },
              {
                title: t('col.state'),
                render: (one) => <span className="hub-tone-warn">{t(`open.${one.state}`)}</span>,
              },
              {
                title: t('reason'),
                width: 240,
                text: (one) =>
                  faultText({ code: one.reasonCode, params: one.reasonParams, message: one.reason ?? '' }, t),
              },
              {
                title: '',
                render: (one) => (
                  <>
                    {one.state === 'unknown-code' && (
                      <Button type="link" size="small" onClick={() => start(one, 'map')}>
                        {t('open.map')}
                      </Button>
                    )}
                    {one.state !== 'unknown-code' && (
                      <Button type="link" size="small" onClick={() => start(one, 'assign')}>
                        {t('open.assign')}
                      </Button>
                    )}
                    <Button type="link" size="small" onClick={() => start(one, 'dismiss')}>
                      {t('open.dismiss')}
                    </Button>
                  </>
                ),
              },
            ]}
          />
        )}
      </div>
      <Modal
        open={row !== null}
        title={row ? `${t(`open.${row.kind}`)} · ${row.row.instrumentCode}` : ''}
        okButtonProps={{ disabled: text.trim() === '', loading: busy }}
        onOk={() => void run()}
        onCancel={() => setRow(null)}
        destroyOnHidden
      >
        {row?.kind === 'map' ? (
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            style={{ width: '100%' }}
            aria-label={t('col.test')}
            placeholder={t('col.test')}
            onChange={setText}
            options={(tests.data?.items ?? []).map((one) => ({
              value: one.code,
              label: `${one.code} ${one.name}`,
            }))}
          />
        ) : (
          <Input
            autoFocus
            value={text}
            aria-label={row?.kind === 'assign' ? t('scanTube') : t('reason')}
            placeholder={row?.kind === 'assign' ? t('scanTube') : t('reason')}
            onChange={(event) => setText(event.target.value)}
            onPressEnter={() => void run()}
          />
        )}
      </Modal>
    </div>
  );
}

const SHOWN_LETTERS = 40;

/** What the analyzer said; of a long text the beginning, the whole of it when pointed at. */
function ShownValue({ value, unit }: { value: string; unit: string }) {
  const whole = `${value} ${unit}`;
  return value.length <= SHOWN_LETTERS ? (
    <>{whole}</>
  ) : (
    <span
      title={whole}
      style={{ wordBreak: 'break-all' }}
    >{`${value.slice(0, SHOWN_LETTERS)}… ${unit}`}</span>
  );
}
