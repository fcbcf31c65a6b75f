import { Button, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, put } from '../../api/client.ts';
import type { CasePaneProps } from '../contract.ts';
import { MinutePicker } from '../../shell/MinutePicker.tsx';
import { openLabels } from './labels.ts';
import './pathology.css';
import { instantOf, lateralities } from './specimenRows.ts';
import { factsOf } from './types.ts';
import { useAct } from './useAct.ts';

interface Row {
  site: string;
  laterality: string;
  procedure: string;
  fixative: string;
  removedAt: string;
  fixationStartedAt: string;
  coldIschaemiaMinutes: number | null;
  containers: number;
}

const local = (iso: string | null) =>
  iso ? new Date(Date.parse(iso) + 8 * 3_600_000).toISOString().slice(0, 16) : '';

/** What the site fills in before the jars leave: specimens with their times. An empty time stays "not measured". */
export default function SpecimensPane({ order, reload }: CasePaneProps) {
  const { t } = useTranslation(['pathology', 'shell']);
  const facts = factsOf(order);
  const { act, busy } = useAct(reload);
  const [rows, setRows] = useState<Row[]>(() =>
    (facts?.specimens ?? []).map((specimen) => ({
      site: specimen.site,
      laterality: specimen.laterality,
      procedure: specimen.procedure ?? '',
      fixative: specimen.fixative ?? '',
      removedAt: local(specimen.removedAt),
      fixationStartedAt: local(specimen.fixationStartedAt),
      coldIschaemiaMinutes: specimen.coldIschaemiaMinutes,
      containers: facts?.containers.filter(({ specimenId }) => specimenId === specimen.id).length ?? 1,
    })),
  );
  if (!facts || !['requested', 'awaiting-decision', 'returned', 'acquired'].includes(order.status))
    return null;
  const set = (at: number, part: Partial<Row>) =>
    setRows(rows.map((row, n) => (n === at ? { ...row, ...part } : row)));
  const specimens = rows.map((row) => ({
    site: row.site,
    laterality: row.laterality,
    containers: row.containers,
    ...(row.procedure && { procedure: row.procedure }),
    ...(row.fixative && { fixative: row.fixative }),
    ...(row.removedAt && { removedAt: instantOf(row.removedAt) }),
    ...(row.fixationStartedAt && { fixationStartedAt: instantOf(row.fixationStartedAt) }),
    ...(row.coldIschaemiaMinutes !== null && { coldIschaemiaMinutes: row.coldIschaemiaMinutes }),
  }));
  return (
    <section className="path-form" aria-label={t('flow.specimens')}>
      <h3>{t('flow.specimens')}</h3>
      {rows.map((row, n) => (
        <div className="hub-row" key={n} style={{ flexWrap: 'wrap' }}>
          <strong>{String.fromCharCode(65 + n)}</strong>
          <Input
            style={{ width: 140 }}
            value={row.site}
            aria-label={t('flow.site')}
            placeholder={t('flow.site')}
            onChange={(event) => set(n, { site: event.target.value })}
          />
          <Select
            style={{ width: 84 }}
            value={row.laterality}
            aria-label={t('flow.laterality')}
            options={lateralities.map((value) => ({ value, label: t(`lateralityName.${value}`) }))}
            onChange={(laterality: string) => set(n, { laterality })}
          />
          <Input
            style={{ width: 110 }}
            value={row.procedure}
            aria-label={t('flow.procedure')}
            placeholder={t('flow.procedure')}
            onChange={(event) => set(n, { procedure: event.target.value })}
          />
          <label>
            {t('flow.removed')}{' '}
            <MinutePicker value={row.removedAt} onChange={(removedAt) => set(n, { removedAt })} />
          </label>
          <label>
            {t('flow.fixed')}{' '}
            <MinutePicker
              value={row.fixationStartedAt}
              onChange={(fixationStartedAt) => set(n, { fixationStartedAt })}
            />
          </label>
          <InputNumber
            style={{ width: 130 }}
            min={0}
            max={10080}
            value={row.coldIschaemiaMinutes}
            suffix={t('flow.minutes')}
            placeholder={t('flow.coldIschaemia')}
            aria-label={t('flow.coldIschaemia')}
            onChange={(coldIschaemiaMinutes) => set(n, { coldIschaemiaMinutes })}
          />
          <InputNumber
            style={{ width: 80 }}
            min={1}
            max={20}
            value={row.containers}
            suffix={t('flow.jarUnit')}
            aria-label={t('flow.jars')}
            onChange={(containers) => set(n, { containers: containers ?? 1 })}
          />
          <Button
            type="text"
            disabled={rows.length === 1}
            aria-label={t('flow.removeSpecimen')}
            onClick={() => setRows(rows.filter((_row, at) => at !== n))}
          >
            ×
          </Button>
        </div>
      ))}
      <p className="hub-quiet">{t('flow.unknownTimes')}</p>
      <div className="hub-row">
        <Button
          onClick={() =>
            setRows([
              ...rows,
              {
                site: '',
                laterality: 'none',
                procedure: '',
                fixative: '',
                removedAt: '',
                fixationStartedAt: '',
                coldIschaemiaMinutes: null,
                containers: 1,
              },
            ])
          }
        >
          {t('flow.addSpecimen')}
        </Button>
        <Button
          type="primary"
          loading={busy}
          disabled={rows.some(({ site }) => !site.trim())}
          onClick={() =>
            void act(() => put(`/api/pathology/cases/${order.id}/specimens`, { specimens }), t('flow.saved'))
          }
        >
          {t('flow.save')}
        </Button>
        <Button onClick={() => openLabels('containers', { orderId: order.id })}>
          {t('labels.containers')}
        </Button>
        <Button
          loading={busy}
          onClick={() => void act(() => post(`/api/pathology/cases/${order.id}/send`, {}), t('flow.sent'))}
        >
          {t('flow.send')}
        </Button>
      </div>
      <ul>
        {facts.containers.map(({ barcode, state }) => (
          <li key={barcode} className="hub-num">
            {barcode} {t(`jar.${state}`)}
          </li>
        ))}
      </ul>
    </section>
  );
}
