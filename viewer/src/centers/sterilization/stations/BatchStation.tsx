import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, get } from '../../../api/client.ts';
import { useInstitutions } from '../../../shell/useInstitutions.ts';
import { problemText } from '../problemText.ts';
import { RunningLoads } from '../loads/RunningLoads.tsx';
import type { Catalogue, PackDetail } from '../types.ts';
import { useCatalogue, useSterilization } from '../useSterilization.ts';
import { focusScan, ScanField } from './ScanField.tsx';
import { WAITS_IN } from './stationKinds.ts';
import type { Station } from './useStation.ts';

type Kind = 'wash' | 'sterilize' | 'dispatch';
interface Item {
  code: string;
  name: string;
  note: string;
}
interface Request {
  orderId: string;
  accessionNumber: string;
  institutionCode: string;
  institution: string;
  lines: { name: string; quantity: number; sent: number }[];
}

/** Wash load, sterilization load and dispatch: scan the packs into a list, then start or send it as one. */
export function BatchStation({ kind, station }: { kind: Kind; station: Station }) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const catalogue = useCatalogue();
  const [items, setItems] = useState<Item[]>([]);
  const [fields, setFields] = useState<Record<string, string>>({});
  const set = (name: string, value: string | undefined) =>
    setFields((before) => ({ ...before, [name]: value ?? '' }));

  const scan = async (code: string) => {
    const machine = (catalogue.data?.machines ?? []).find((one) => one.code === code);
    if (machine && kind !== 'dispatch') {
      set('machine', code);
      station.say(code, 'ok', machine.name);
      return;
    }
    try {
      const pack = await get<PackDetail>(`/api/sterilization/packs/${encodeURIComponent(code)}`);
      if (items.some((item) => item.code === pack.code))
        return station.say(pack.code, 'wrong', t('problem.scanned-twice'));
      if (!WAITS_IN[kind].includes(pack.state))
        return station.say(
          pack.code,
          'wrong',
          t('station.notHere', {
            state: t(`state.${pack.state}`),
            next: pack.nextStep ? t(`act.${pack.nextStep}`) : '—',
          }),
        );
      if (pack.expiry === 'expired')
        return station.say(pack.code, 'wrong', t('problem.expired', { expiresOn: pack.expiresOn }));
      setItems((before) => [
        ...before,
        {
          code: pack.code,
          name: pack.setName,
          note: [pack.owner, pack.implant ? t('pack.implant') : '', pack.expiresOn ?? '']
            .filter(Boolean)
            .join(' · '),
        },
      ]);
      station.say(pack.code, 'ok', pack.setName);
    } catch (error) {
      if (error instanceof ApiError && error.status === 0) {
        setItems((before) => [...before, { code, name: '', note: t('station.queued') }]); // judged when the line is back
        station.say(code, 'queued', t('station.unread'));
      } else station.say(code, 'wrong', problemText(error, t, false));
    }
  };

  const codes = items.map((item) => item.code);
  const start = async () => {
    const answer =
      kind === 'wash'
        ? await station.act(
            'start-wash',
            { machine: fields.machine, programme: fields.programme, codes },
            fields.machine ?? '',
            t('station.wash.done'),
          )
        : kind === 'sterilize'
          ? await station.act(
              'start-load',
              {
                machine: fields.machine,
                programme: fields.programme,
                codes,
                ...(fields.bi && { biologicalLot: fields.bi }),
                ...(fields.c5 && { class5Lot: fields.c5 }),
              },
              fields.machine ?? '',
              t('station.sterilize.done'),
              false,
            )
          : await station.act<{ number: string }>(
              'dispatch',
              {
                to: fields.to,
                codes,
                ...(fields.order && { orderId: fields.order }),
                ...(fields.route && { routeId: fields.route }),
                courier: fields.courier || undefined,
                vehicle: fields.vehicle ?? '',
              },
              fields.to ?? '',
              t('station.dispatch.done'),
            );
    if (!answer) return;
    setItems([]);
    if (kind === 'dispatch')
      open(`/api/sterilization/transfers/${(answer as { number: string }).number}/note.pdf`, '_blank');
  };
  const ready =
    items.length > 0 &&
    (kind === 'dispatch' ? Boolean(fields.to) : Boolean(fields.machine && fields.programme));

  return (
    <>
      {kind === 'dispatch' ? (
        <DispatchFields fields={fields} set={set} catalogue={catalogue.data} />
      ) : (
        <MachineFields kind={kind} fields={fields} set={set} catalogue={catalogue.data} />
      )}
      <ScanField
        label={t(`station.${kind}.scan`)}
        onCode={(code) => void scan(code)}
        disabled={station.busy}
      />
      <section className="cssd-card">
        <h2>{t('station.list', { n: items.length })}</h2>
        <ul className="cssd-list">
          {items.map((item) => (
            <li key={item.code}>
              <b>{item.name}</b> <span className="cssd-code">{item.code}</span>{' '}
              <span className="hub-quiet">{item.note}</span>
              <Button
                size="large"
                type="text"
                onClick={() => setItems((before) => before.filter((one) => one.code !== item.code))}
              >
                {t('station.remove')}
              </Button>
            </li>
          ))}
        </ul>
        <Button
          type="primary"
          className="cssd-big"
          disabled={!ready}
          loading={station.busy}
          onClick={() => void start()}
        >
          {t(`station.${kind}.start`)}
        </Button>
      </section>
      {kind !== 'dispatch' && <RunningLoads kind={kind === 'wash' ? 'wash' : 'sterilization'} />}
    </>
  );
}

interface FieldProps {
  fields: Record<string, string>;
  set: (name: string, value: string | undefined) => void;
  catalogue: Catalogue | undefined;
}

function MachineFields({ kind, fields, set, catalogue }: FieldProps & { kind: Kind }) {
  const { t } = useTranslation('sterilization');
  const machines = (catalogue?.machines ?? []).filter(
    (machine) => machine.kind === (kind === 'wash' ? 'washer' : 'sterilizer'),
  );
  const programmes = (machines.find((machine) => machine.code === fields.machine)?.programmes ?? []).filter(
    (programme) => programme.purpose === (kind === 'wash' ? 'wash' : 'production'),
  );
  return (
    <div className="cssd-fields">
      <label>
        <span>{t('load.machine')}</span>
        <Select
          size="large"
          value={fields.machine || null}
          onChange={(value: string) => {
            set('machine', value);
            set('programme', undefined);
            focusScan();
          }}
          options={machines.map((machine) => ({
            value: machine.code,
            label: `${machine.code} ${machine.name}${machine.status === 'ready' ? '' : ` (${t(`status.${machine.status}`)})`}`,
            disabled: machine.status !== 'ready',
          }))}
        />
      </label>
      <label>
        <span>{t('load.programme')}</span>
        <Select
          size="large"
          value={fields.programme || null}
          onChange={(value: string) => {
            set('programme', value);
            focusScan();
          }}
          options={programmes.map((programme) => ({ value: programme.code, label: programme.name }))}
        />
      </label>
      {kind === 'sterilize' && (
        <>
          <label>
            <span>{t('load.biologicalLot')}</span>
            <Input size="large" value={fields.bi ?? ''} onChange={(event) => set('bi', event.target.value)} />
          </label>
          <label>
            <span>{t('load.class5Lot')}</span>
            <Input size="large" value={fields.c5 ?? ''} onChange={(event) => set('c5', event.target.value)} />
          </label>
        </>
      )}
    </div>
  );
}

function DispatchFields({ fields, set, catalogue }: FieldProps) {
  const { t } = useTranslation('sterilization');
  const sites = useInstitutions();
  const requests = useSterilization<{ items: Request[] }>('requests');
  return (
    <div className="cssd-fields">
      <label>
        <span>{t('dispatch.order')}</span>
        <Select
          size="large"
          allowClear
          value={fields.order || undefined}
          onChange={(value: string | undefined) => {
            set('order', value);
            const request = requests.data?.items.find((one) => one.orderId === value);
            if (request) set('to', request.institutionCode);
            focusScan();
          }}
          options={(requests.data?.items ?? []).map((request) => ({
            value: request.orderId,
            label: `${request.institution} · ${request.lines.map((line) => `${line.name} ${line.sent}/${line.quantity}`).join('、')}`,
          }))}
        />
      </label>
      <label>
        <span>{t('dispatch.to')}</span>
        <Select
          size="large"
          showSearch
          optionFilterProp="label"
          value={fields.to || null}
          onChange={(value: string) => {
            set('to', value);
            focusScan();
          }}
          options={(sites.data ?? []).map((site) => ({ value: site.code, label: site.name }))}
        />
      </label>
      <label>
        <span>{t('dispatch.route')}</span>
        <Select
          size="large"
          allowClear
          value={fields.route || undefined}
          onChange={(value: string | undefined) => {
            set('route', value);
            focusScan();
          }}
          options={(catalogue?.routes ?? []).map((route) => ({
            value: route.id,
            label: `${route.name} ${route.departsAt.slice(0, 5)}`,
          }))}
        />
      </label>
      <label>
        <span>{t('dispatch.courier')}</span>
        <Input
          size="large"
          value={fields.courier ?? ''}
          onChange={(event) => set('courier', event.target.value)}
        />
      </label>
      <label>
        <span>{t('dispatch.vehicle')}</span>
        <Input
          size="large"
          value={fields.vehicle ?? ''}
          onChange={(event) => set('vehicle', event.target.value)}
        />
      </label>
    </div>
  );
}
