import { Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalogue } from '../useSterilization.ts';
import { useKept } from './useKept.ts';
import { focusScan, ScanField } from './ScanField.tsx';
import type { Station } from './useStation.ts';

/** Drying and packing: one scan is one act. Packing prints the label. */
export function PackStation({ kind, station }: { kind: 'pack' | 'dry'; station: Station }) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const catalogue = useCatalogue();
  const [last, setLast] = useState<string | null>(null);
  const [sealer, setSealer] = useKept('pack.sealer', '');
  const [checker, setChecker] = useKept('pack.checker', '');
  const machines = (catalogue.data?.machines ?? []).filter(
    (machine) => machine.kind === (kind === 'pack' ? 'sealer' : 'dryer'),
  );

  const scan = async (code: string) => {
    if (kind === 'dry') {
      await station.act(
        'dry',
        { codes: [code], ...(sealer && { machine: sealer }) },
        code,
        t('station.dry.done'),
      );
      return;
    }
    const answer = await station.act<{ code: string }>(
      'pack',
      { code, ...(sealer && { sealer }), ...(checker && { checkedBy: checker }) },
      code,
      t('station.pack.done'),
    );
    if (answer) setLast(answer.code);
  };
  return (
    <>
      <div className="cssd-fields">
        <label>
          <span>{t(kind === 'pack' ? 'station.pack.sealer' : 'station.dry.machine')}</span>
          <Select
            size="large"
            allowClear
            value={sealer || undefined}
            onChange={(value: string | undefined) => {
              setSealer(value ?? '');
              focusScan();
            }}
            options={machines.map((machine) => ({
              value: machine.code,
              label: `${machine.code} ${machine.name}`,
            }))}
          />
        </label>
        {kind === 'pack' && (
          <label>
            <span>{t('station.pack.checker')}</span>
            <input
              className="cssd-input"
              value={checker}
              onChange={(event) => setChecker(event.target.value)}
              placeholder={t('station.pack.self')}
            />
          </label>
        )}
      </div>
      <ScanField
        label={t(`station.${kind}.scan`)}
        onCode={(code) => void scan(code)}
        disabled={station.busy}
      />
      {last && (
        <section className="cssd-card">
          <p className="cssd-code">{last}</p>
          <object
            className="cssd-label"
            type="application/pdf"
            data={`/api/sterilization/packs/${last}/label`}
            aria-label={t('station.pack.label')}
          >
            {t('station.pack.label')}
          </object>
          <div className="cssd-buttons">
            <Button
              type="primary"
              className="cssd-big"
              href={`/api/sterilization/packs/${last}/label`}
              target="_blank"
            >
              {t('station.pack.print')}
            </Button>
            <Button
              className="cssd-big"
              href={`/api/sterilization/packs/${last}/label?format=zpl`}
              target="_blank"
            >
              ZPL
            </Button>
          </div>
        </section>
      )}
    </>
  );
}
