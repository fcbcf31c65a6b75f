import { Button, Table } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { filesOfDrop, readable } from '../../../pages/upload/collectFiles.ts';
import { errorText } from '../../../shell/states.tsx';
import { centerOfFile } from '../../centerOfFile.ts';
import type { CenterModule } from '../../contract.ts';
import { SendElsewhere } from '../../SendElsewhere.tsx';
import { FaultWords } from '../FaultWords.tsx';
import { groupRecordings, sendRecording, type Sent } from './sendRecording.ts';

interface Row {
  key: number;
  files: File[];
  state: 'waiting' | 'sending' | 'sent' | 'failed' | 'elsewhere';
  /** The centre whose file it is: not sent here. */
  elsewhere?: CenterModule['kind'];
  sent?: Sent;
  fault?: string;
}

const outcomeOf = (row: Row): string => {
  if (row.state !== 'sent') return row.state;
  if (row.sent?.status === 'quarantine' || row.sent?.status === 'duplicate') return row.sent.status;
  return row.sent?.join?.state ?? 'joined';
};

const tones: Record<string, string> = {
  joined: 'hub-tone-done',
  provisional: 'hub-tone-done',
  duplicate: 'hub-tone-waiting',
  mismatch: 'hub-tone-warn',
  ambiguous: 'hub-tone-warn',
  quarantine: 'hub-tone-breach',
  failed: 'hub-tone-breach',
  elsewhere: 'hub-tone-breach',
  sending: 'hub-tone-inHand',
  waiting: 'hub-tone-waiting',
};

let nextKey = 1;

const isGone = async (row: Row) => (await Promise.all(row.files.map(readable))).includes(false);

/** Recordings of any machine without an order: dropped or chosen, sent one after the other, each with its outcome. */
export default function RecordingUpload() {
  const { t } = useTranslation(['ecg', 'shell', 'upload']);
  const input = useRef<HTMLInputElement>(null);
  const [rows, setRows] = useState<Row[]>([]);
  const [over, setOver] = useState(false);
  const busy = rows.some((row) => row.state === 'waiting' || row.state === 'sending');
  const change = (key: number, part: Partial<Row>) =>
    setRows((now) => now.map((row) => (row.key === key ? { ...row, ...part } : row)));
  const run = async (queue: Row[]) => {
    for (const row of queue) {
      const [only] = row.files;
      try {
        const elsewhere = only && row.files.length === 1 && (await centerOfFile(only, only.name, 'ecg'));
        if (elsewhere) {
          change(row.key, { state: 'elsewhere', elsewhere });
          continue;
        }
        change(row.key, { state: 'sending' });
        change(row.key, { state: 'sent', sent: await sendRecording(row.files) });
      } catch (error) {
        const fault = (await isGone(row)) ? t('upload:faults.gone') : errorText(error, t);
        change(row.key, { state: 'failed', fault });
      }
    }
  };
  const add = (files: File[]) => {
    const fresh = groupRecordings(files).map((group): Row => ({
      key: nextKey++,
      files: group,
      state: 'waiting',
    }));
    setRows((now) => [...now, ...fresh]);
    void run(fresh);
  };
  const failed = rows.filter((row) => row.state === 'failed');
  return (
    <section className="hub-upload" aria-label={t('ecg:upload.title')}>
      <p className="hub-quiet">{t('ecg:upload.how')}</p>
      <div
        className={over ? 'hub-drop is-over' : 'hub-drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void filesOfDrop(event.dataTransfer).then(({ files }) => add(files));
        }}
      >
        <p>{t('ecg:upload.drop')}</p>
        <div className="hub-row" style={{ justifyContent: 'center' }}>
          <Button type="primary" onClick={() => input.current?.click()}>
            {t('ecg:upload.choose')}
          </Button>
        </div>
        <p className="hub-quiet">{t('ecg:submit.how')}</p>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          aria-label={t('ecg:upload.choose')}
          onChange={(event) => {
            add([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
      </div>
      {rows.length > 0 && (
        <>
          <div className="hub-row" style={{ marginBlock: 8 }}>
            <span aria-live="polite">
              {t('ecg:upload.summary', {
                done: rows.filter((row) => row.state === 'sent').length,
                total: rows.length,
              })}
            </span>
            <span className="hub-grow" />
            {failed.length > 0 && !busy && (
              <Button size="small" onClick={() => void run(failed)}>
                {t('ecg:upload.again', { n: failed.length })}
              </Button>
            )}
            <Button size="small" disabled={busy} onClick={() => setRows([])}>
              {t('ecg:upload.clear')}
            </Button>
          </div>
          <Table
            size="small"
            rowKey="key"
            dataSource={rows}
            pagination={rows.length > 100 ? { pageSize: 100 } : false}
            columns={[
              {
                title: t('ecg:upload.file'),
                render: (_, row: Row) => row.files.map((file) => file.name).join(' + '),
              },
              {
                title: t('ecg:upload.format'),
                width: 110,
                render: (_, row: Row) => row.sent?.format && t(`ecg:format.${row.sent.format}`),
              },
              {
                title: t('ecg:upload.outcome'),
                render: (_, row: Row) => (
                  <span className={tones[outcomeOf(row)] ?? ''}>
                    {t(`ecg:upload.${row.elsewhere ? 'failed' : outcomeOf(row)}`)}
                    {row.elsewhere && (
                      <>
                        {' · '}
                        <SendElsewhere kind={row.elsewhere} />
                      </>
                    )}
                    {row.fault && `:${row.fault}`}
                    {row.sent?.reason && (
                      <>
                        {' · '}
                        <FaultWords fault={row.sent.fault} reason={row.sent.reason} />
                      </>
                    )}
                  </span>
                ),
              },
              {
                title: t('ecg:upload.order'),
                width: 160,
                render: (_, row: Row) =>
                  row.sent?.join?.orderId ? (
                    <Link to={`/orders/${row.sent.join.orderId}`}>{row.sent.join.accessionNumber}</Link>
                  ) : (
                    ''
                  ),
              },
            ]}
          />
        </>
      )}
    </section>
  );
}
