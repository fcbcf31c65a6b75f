import { Button, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListTable } from '../../../shell/ListTable.tsx';
import type { Setup } from '../types.ts';
import { FormModal, filled } from './FormModal.tsx';

type Machine = Setup['machines'][number];
type Programme = Machine['programmes'][number];
const METHODS = ['steam-prevacuum', 'steam-gravity', 'eo', 'plasma', 'formaldehyde', 'dry-heat'];
const MACHINE_CODE = /^[A-Z0-9][A-Z0-9-]{0,19}$/;

/** Machines with their programmes; a programme's limits are what each of its records is judged by. */
export function MachinesTab({ rows, mayEdit }: { rows: Machine[]; mayEdit: boolean }) {
  const { t } = useTranslation('sterilization');
  const [machine, setMachine] = useState<Partial<Machine> | null>(null);
  const [programme, setProgramme] = useState<{ of: Machine; row: Partial<Programme> } | null>(null);
  return (
    <>
      <div className="hub-bar cssd-tab-bar">
        {mayEdit && (
          <Button type="primary" onClick={() => setMachine({})}>
            {t('catalogue.newMachine')}
          </Button>
        )}
        <span className="hub-quiet">{t('catalogue.machineHint')}</span>
      </div>
      {rows.map((row) => (
        <section key={row.code} className="hub-panel cssd-machine">
          <div className="hub-bar">
            <b>
              {row.code} {row.name}
            </b>
            <span className="hub-quiet">
              {row.method ? t(`method.${row.method}`) : t(`machineKind.${row.kind}`)}{' '}
              {[row.manufacturer, row.model, row.serialNumber].filter(Boolean).join(' · ')}
            </span>
            <span className={row.status === 'ready' ? 'hub-quiet' : 'hub-tone-breach'}>
              {t(`status.${row.status}`)}
            </span>
            <span className="hub-grow" />
            {mayEdit && (
              <>
                <Button size="small" onClick={() => setMachine(row)}>
                  {t('catalogue.edit')}
                </Button>
                <Button size="small" onClick={() => setProgramme({ of: row, row: { active: true } })}>
                  {t('catalogue.newProgramme')}
                </Button>
              </>
            )}
          </div>
          {row.programmes.length > 0 && (
            <ListTable<Programme>
              name={`programmes-${row.code}`}
              rowKey="code"
              empty={t('catalogue.noProgrammes')}
              rows={row.programmes}
              columns={[
                { title: t('catalogue.code'), text: (row) => row.code, width: 90 },
                {
                  title: t('load.programme'),
                  render: (one) => (
                    <>
                      {one.name} {!one.active && <span className="hub-quiet">{t('catalogue.inactive')}</span>}
                    </>
                  ),
                },
                {
                  title: t('programme.purpose'),
                  width: 110,
                  render: (one) => t(`purpose.${one.purpose}`),
                },
                { title: t('programme.limits'), render: (one) => <Limits programme={one} /> },
                {
                  title: t('programme.minutes'),
                  text: (row) => row.minutes,
                  align: 'right',
                  width: 90,
                },
                {
                  title: '',
                  width: 80,
                  render: (one) =>
                    mayEdit && (
                      <Button size="small" onClick={() => setProgramme({ of: row, row: one })}>
                        {t('catalogue.edit')}
                      </Button>
                    ),
                },
              ]}
            />
          )}
        </section>
      ))}
      {machine && <MachineDialog row={machine} onClose={() => setMachine(null)} />}
      {programme && (
        <ProgrammeDialog machine={programme.of} row={programme.row} onClose={() => setProgramme(null)} />
      )}
    </>
  );
}

function Limits({ programme: p }: { programme: Programme }) {
  const { t } = useTranslation('sterilization');
  const parts = [
    p.setTemperatureC !== null && `${p.setTemperatureC}–${p.setTemperatureC + p.bandC} ℃`,
    p.minHoldS !== null && `≥ ${p.minHoldS} s`,
    (p.minPressureKpa !== null || p.maxPressureKpa !== null) &&
      `${p.minPressureKpa ?? '—'}–${p.maxPressureKpa ?? '—'} kPa`,
    p.minConcentrationMgL !== null && `≥ ${p.minConcentrationMgL} mg/L`,
    p.minHumidityPercent !== null && `≥ ${p.minHumidityPercent} % RH`,
    p.maxLeakKpaMin !== null && `≤ ${p.maxLeakKpaMin} kPa/min`,
    p.minA0 !== null && `A0 ≥ ${p.minA0}`,
    p.biologicalEvery !== 'none' && t(`biologicalEvery.${p.biologicalEvery}`),
    p.infectiousRoute && t('programme.infectious'),
  ].filter((part) => typeof part === 'string');
  return <span className="hub-num">{parts.join(' · ') || '—'}</span>;
}

function MachineDialog({ row, onClose }: { row: Partial<Machine>; onClose: () => void }) {
  const { t } = useTranslation('sterilization');
  const [form] = Form.useForm<Partial<Machine>>();
  const kind = Form.useWatch('kind', form) ?? row.kind;
  const known = row.code !== undefined;
  const required = [{ required: true, message: t('form.required') }];
  return (
    <FormModal<Partial<Machine>>
      title={known ? `${row.code} ${row.name ?? ''}` : t('catalogue.newMachine')}
      act="save-machine"
      form={form}
      initial={row}
      body={({ programmes: _p, status: _s, ...values }) =>
        filled({ ...values, ...(known && { kind: row.kind, method: row.method }) })
      }
      onClose={onClose}
    >
      <div className="cssd-figures">
        <Form.Item
          name="code"
          label={t('catalogue.code')}
          rules={[{ required: true, pattern: MACHINE_CODE, message: t('catalogue.codeRule') }]}
        >
          <Input disabled={known} />
        </Form.Item>
        <Form.Item name="name" label={t('catalogue.nameZh')} rules={required}>
          <Input />
        </Form.Item>
        <Form.Item name="kind" label={t('catalogue.kind')} rules={required}>
          <Select
            disabled={known}
            options={['washer', 'dryer', 'sterilizer', 'sealer', 'water'].map((value) => ({
              value,
              label: t(`machineKind.${value}`),
            }))}
          />
        </Form.Item>
        {kind === 'sterilizer' && (
          <Form.Item name="method" label={t('catalogue.method')} rules={required}>
            <Select
              disabled={known}
              options={METHODS.map((value) => ({ value, label: t(`method.${value}`) }))}
            />
          </Form.Item>
        )}
        <Form.Item name="manufacturer" label={t('catalogue.manufacturer')}>
          <Input />
        </Form.Item>
        <Form.Item name="model" label={t('catalogue.model')}>
          <Input />
        </Form.Item>
        <Form.Item name="serialNumber" label={t('catalogue.serialNumber')}>
          <Input />
        </Form.Item>
      </div>
      {!known && kind === 'sterilizer' && <p className="hub-tone-warn">{t('catalogue.installation')}</p>}
    </FormModal>
  );
}

function ProgrammeDialog({
  machine,
  row,
  onClose,
}: {
  machine: Machine;
  row: Partial<Programme>;
  onClose: () => void;
}) {
  const { t } = useTranslation('sterilization');
  const [form] = Form.useForm<Partial<Programme>>();
  const washer = machine.kind === 'washer';
  const purpose = Form.useWatch('purpose', form) ?? row.purpose;
  const required = [{ required: true, message: t('form.required') }];
  const number = (
    name: keyof Programme,
    label: string,
    limits: { min?: number; max?: number },
    needed = false,
  ) => (
    <Form.Item name={name} label={label} rules={needed ? required : []}>
      <InputNumber {...limits} style={{ width: '100%' }} />
    </Form.Item>
  );
  const steam = machine.method?.startsWith('steam') ?? false;
  return (
    <FormModal<Partial<Programme>>
      title={`${machine.code} · ${row.name ?? t('catalogue.newProgramme')}`}
      act="save-programme"
      form={form}
      initial={{
        purpose: washer ? 'wash' : 'production',
        bandC: 3,
        minutes: 60,
        biologicalEvery: washer
          ? 'none'
          : steam
            ? 'week'
            : machine.method === 'plasma'
              ? 'day'
              : machine.method === 'dry-heat'
                ? 'none'
                : 'load',
        infectiousRoute: false,
        ...Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)),
      }}
      body={(values) => filled({ ...values, machine: machine.code })}
      onClose={onClose}
    >
      <div className="cssd-figures">
        <Form.Item
          name="code"
          label={t('catalogue.code')}
          rules={[{ required: true, pattern: MACHINE_CODE, message: t('catalogue.codeRule') }]}
        >
          <Input disabled={row.code !== undefined} />
        </Form.Item>
        <Form.Item name="name" label={t('catalogue.nameZh')} rules={required}>
          <Input />
        </Form.Item>
        <Form.Item name="purpose" label={t('programme.purpose')} rules={required}>
          <Select
            options={(washer
              ? ['wash']
              : ['production', 'bowie-dick', 'leak', 'warm-up', 'qualification']
            ).map((value) => ({ value, label: t(`purpose.${value}`) }))}
          />
        </Form.Item>
        {number('minutes', t('programme.minutes'), { min: 1, max: 1440 }, true)}
        {!washer && (
          <>
            {number(
              'setTemperatureC',
              t('programme.setTemperature'),
              { min: 20, max: 250 },
              purpose === 'production',
            )}
            {number('bandC', t('programme.band'), { min: 0, max: 3 })}
            {number('minHoldS', t('programme.hold'), { min: 1 }, purpose === 'production')}
            {number('minPressureKpa', t('programme.minPressure'), { min: -200, max: 1000 })}
            {number('maxPressureKpa', t('programme.maxPressure'), { min: -200, max: 1000 })}
            {!steam && number('minConcentrationMgL', t('programme.concentration'), { min: 0 })}
            {!steam && number('minHumidityPercent', t('programme.humidity'), { min: 0, max: 100 })}
            {purpose === 'leak' && number('maxLeakKpaMin', t('programme.leak'), { min: 0, max: 99 })}
            <Form.Item name="biologicalEvery" label={t('programme.biological')}>
              <Select
                options={['none', 'load', 'day', 'week'].map((value) => ({
                  value,
                  label: t(`biologicalEvery.${value}`),
                }))}
              />
            </Form.Item>
          </>
        )}
        {washer && number('minA0', 'A0 ≥', { min: 60, max: 100000 }, true)}
        {washer && (
          <Form.Item name="infectiousRoute" label={t('programme.infectious')} valuePropName="checked">
            <Switch />
          </Form.Item>
        )}
        <Form.Item name="active" label={t('catalogue.active')} valuePropName="checked">
          <Switch />
        </Form.Item>
      </div>
      <p className="hub-quiet">{t(washer ? 'programme.washRule' : 'programme.rule')}</p>
    </FormModal>
  );
}
