import { App, Button, DatePicker, Form, Input, InputNumber, Segmented, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { may } from '../../../shell/access.ts';
import { dateTime, remaining } from '../../../shell/format.ts';
import { ListTable } from '../../../shell/ListTable.tsx';
import { useSession } from '../../../shell/session.tsx';
import { Empty, Failed, Loading } from '../../../shell/states.tsx';
import { useNow } from '../../../shell/useNow.ts';
import { FormModal } from '../catalogue/FormModal.tsx';
import type { Loaner } from '../types.ts';
import { useAct } from '../useAct.ts';
import { useCatalogue, useSterilization } from '../useSterilization.ts';
import { CodeField } from './CodeField.tsx';
import { instantOf } from '../../../shell/countyTime.ts';

interface Values {
  tray: string;
  setTypeCode: string;
  vendor: string;
  vendorContact?: string;
  surgeryAt: Dayjs;
  instructions: string;
  weightG: number;
  countIn: number;
}

/** Vendor sets 外来器械: receipt with lead time, instructions, weight and count; begin the circulation; hand back. */
export function LoanersTab() {
  const { t } = useTranslation(['sterilization', 'shell']);
  const { message } = App.useApp();
  const session = useSession();
  const now = useNow();
  const [state, setState] = useState<'open' | 'all'>('open');
  const [receiving, setReceiving] = useState(false);
  const [returning, setReturning] = useState<Loaner | null>(null);
  const { act, busy } = useAct();
  const catalogue = useCatalogue();
  const loaners = useSterilization<{ items: Loaner[] }>(`loaners?state=${state}`);
  const works = may(session, 'bench.work');
  const required = [{ required: true, message: t('form.required') }];
  if (loaners.isPending) return <Loading />;
  if (loaners.isError) return <Failed error={loaners.error} retry={() => void loaners.refetch()} />;
  return (
    <>
      <div className="hub-bar cssd-tab-bar">
        {works && (
          <Button type="primary" onClick={() => setReceiving(true)}>
            {t('loaner.receive')}
          </Button>
        )}
        <Segmented
          value={state}
          onChange={setState}
          options={[
            { value: 'open', label: t('loaner.open') },
            { value: 'all', label: t('load.all') },
          ]}
        />
        <span className="hub-quiet">{t('loaner.rule')}</span>
      </div>
      {loaners.data.items.length === 0 ? (
        <Empty text={t('loaner.none')} />
      ) : (
        <ListTable<Loaner>
          name="loaners"
          rowKey="id"
          empty={t('loaner.none')}
          rows={loaners.data.items}
          columns={[
            { title: t('pack.tray'), text: (row) => row.tray },
            { title: t('pack.name'), text: (row) => row.setName },
            { title: t('loaner.vendor'), render: (row) => `${row.vendor} ${row.vendorContact}` },
            {
              title: t('loaner.receivedAt'),
              render: (row) => `${dateTime(row.receivedAt)} ${row.receivedBy}`,
            },
            {
              title: t('loaner.surgeryAt'),
              render: (row) => (
                <>
                  {dateTime(row.surgeryAt)}{' '}
                  {!row.returnedAt && <span className="hub-quiet">{remaining(row.surgeryAt, now, t)}</span>}
                  {Date.parse(row.surgeryAt) - Date.parse(row.receivedAt) < 24 * 3_600_000 && (
                    <b className="hub-tone-warn"> {t('loaner.lead-time-short')}</b>
                  )}
                </>
              ),
            },
            {
              title: t('catalogue.weight'),
              align: 'right',
              render: (row) => (
                <span className={row.weightG > 7000 ? 'hub-tone-warn' : ''}>{row.weightG}</span>
              ),
            },
            {
              title: t('loaner.counts'),
              align: 'right',
              render: (row) => `${row.countIn} / ${row.countOut ?? '—'}`,
            },
            { title: t('loaner.instructions'), text: (row) => row.instructionsNote, width: 220 },
            {
              title: t('inventory.circulation'),
              render: (row) =>
                row.packCode ? (
                  <>
                    <Link to={`/sterilization/trace?code=${row.packCode}`}>{row.packCode}</Link>{' '}
                    {t(`state.${row.packState ?? ''}`)}
                  </>
                ) : (
                  works &&
                  !row.returnedAt && (
                    <Button
                      size="small"
                      loading={busy}
                      onClick={() => void act('begin-new', { tray: row.tray }, t('loaner.begun'))}
                    >
                      {t('loaner.begin')}
                    </Button>
                  )
                ),
            },
            {
              title: t('loaner.returned'),
              render: (row) =>
                row.returnedAt ? (
                  <>
                    {dateTime(row.returnedAt)} {row.returnedBy}{' '}
                    {row.discrepancy && <b className="hub-tone-breach">{row.discrepancy}</b>}
                  </>
                ) : (
                  works && (
                    <Button size="small" onClick={() => setReturning(row)}>
                      {t('loaner.handBack')}
                    </Button>
                  )
                ),
            },
          ]}
        />
      )}
      {receiving && (
        <FormModal<Values>
          title={t('loaner.receive')}
          act="receive-loaner"
          initial={{}}
          body={({ surgeryAt, ...values }) => ({ ...values, surgeryAt: instantOf(surgeryAt) })}
          saved={(answer) => {
            for (const warning of (answer.warnings as string[] | undefined) ?? [])
              message.warning(t(`loaner.${warning}`), 8);
          }}
          onClose={() => setReceiving(false)}
        >
          <Form.Item name="tray" label={t('inventory.code')} rules={required}>
            <CodeField />
          </Form.Item>
          <div className="cssd-figures">
            <Form.Item name="setTypeCode" label={t('catalogue.sets')} rules={required}>
              <Select
                showSearch
                optionFilterProp="label"
                options={(catalogue.data?.setTypes ?? []).map((type) => ({
                  value: type.code,
                  label: type.name,
                }))}
              />
            </Form.Item>
            <Form.Item name="vendor" label={t('loaner.vendor')} rules={required}>
              <Input />
            </Form.Item>
            <Form.Item name="vendorContact" label={t('loaner.contact')}>
              <Input />
            </Form.Item>
            <Form.Item name="surgeryAt" label={t('loaner.surgeryAt')} rules={required}>
              <DatePicker
                showTime={{ format: 'HH:mm' }}
                format="YYYY-MM-DD HH:mm"
                style={{ width: '100%' }}
              />
            </Form.Item>
            <Form.Item name="weightG" label={t('catalogue.weight')} rules={required}>
              <InputNumber min={1} max={50000} style={{ width: '100%' }} />
            </Form.Item>
            <Form.Item name="countIn" label={t('loaner.countIn')} rules={required}>
              <InputNumber min={1} max={2000} style={{ width: '100%' }} />
            </Form.Item>
          </div>
          <Form.Item
            name="instructions"
            label={t('loaner.instructions')}
            extra={t('loaner.instructionsHint')}
            rules={required}
          >
            <Input.TextArea rows={3} maxLength={1000} />
          </Form.Item>
        </FormModal>
      )}
      {returning && (
        <FormModal<{ countOut: number; discrepancy?: string }>
          title={`${t('loaner.handBack')} · ${returning.tray}`}
          act="return-loaner"
          initial={{ countOut: returning.countIn }}
          width={480}
          body={({ countOut, discrepancy }) => ({
            tray: returning.tray,
            countOut,
            discrepancy: discrepancy ?? '',
          })}
          onClose={() => setReturning(null)}
        >
          <Form.Item name="countOut" label={t('loaner.countOut', { n: returning.countIn })} rules={required}>
            <InputNumber min={0} max={2000} style={{ width: '100%' }} />
          </Form.Item>
          <Form.Item name="discrepancy" label={t('loaner.discrepancy')}>
            <Input.TextArea rows={2} maxLength={1000} />
          </Form.Item>
        </FormModal>
      )}
    </>
  );
}
