import { Button, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { benchText } from './benchText.ts';
import { useLab } from './useLab.ts';
import './lab.css';

interface Place {
  barcode: string;
  accessionNumber: string;
  priority: string;
  specimenType: string;
  patientName: string;
  instrumentCodes: string[];
  rack: number;
  position: number;
}

interface Instrument {
  id: string;
  name: string;
  bench: string;
  /** Tubes that wait for it. */
  waiting: number;
}

/** Rack map: which tube goes where on the analyzer, most urgent first, as its host query would list them. */
export default function RackPage() {
  const { t } = useTranslation(['lab', 'shell']);
  const [chosen, setChosen] = useState<string>();
  const [size, setSize] = useState(10);
  const instruments = useLab<{ items: Instrument[] }>('lab/instruments');
  const busiest = [...(instruments.data?.items ?? [])].sort((a, b) => b.waiting - a.waiting)[0];
  const id = chosen ?? busiest?.id;
  const list = useLab<{ items: Place[] }>(
    `lab/instruments/${id ?? ''}/worklist?rackSize=${size}`,
    id !== undefined,
  );
  const racks = [...new Set((list.data?.items ?? []).map((one) => one.rack))];
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.racks')}</h1>
        <Select
          style={{ minWidth: 220 }}
          aria-label={t('col.instrument')}
          {...(id !== undefined && { value: id })}
          onChange={setChosen}
          options={(instruments.data?.items ?? []).map((one) => ({
            value: one.id,
            label: `${benchText(one.bench, t)} · ${one.name}${one.waiting ? ` (${one.waiting})` : ''}`,
          }))}
        />
        <InputNumber
          style={{ width: 140 }}
          min={5}
          max={100}
          value={size}
          prefix={t('rack.size')}
          aria-label={t('rack.size')}
          onChange={(value) => setSize(value ?? 10)}
        />
        <span className="hub-grow" />
        <Button disabled={racks.length === 0} onClick={() => window.print()}>
          {t('rack.print')}
        </Button>
      </div>
      <div className="hub-scroll lab-stack">
        {instruments.isError || list.isError ? (
          <Failed error={instruments.error ?? list.error} retry={() => void list.refetch()} />
        ) : list.isPending ? (
          <Loading />
        ) : racks.length === 0 ? (
          <Empty text={t('rack.none')} />
        ) : (
          racks.map((rack) => (
            <section key={rack} className="hub-panel">
              <h2 className="hub-title">{t('rack.title', { n: rack })}</h2>
              <ol className="lab-rack">
                {Array.from({ length: size }, (_, index) => {
                  const place = list.data.items.find(
                    (one) => one.rack === rack && one.position === index + 1,
                  );
                  return (
                    <li key={index} className={place ? '' : 'lab-rack-free'}>
                      <b className="hub-num">{index + 1}</b>
                      {place ? (
                        <>
                          <span className="lab-code">{place.barcode}</span>
                          <span>
                            {place.patientName}{' '}
                            {place.priority !== 'routine' && (
                              <b className={`hub-priority-${place.priority}`}>
                                {t(`shell:priority.${place.priority}`)}
                              </b>
                            )}
                          </span>
                          <span className="hub-quiet">{place.instrumentCodes.join(' ')}</span>
                        </>
                      ) : (
                        <span className="hub-quiet">{t('rack.free')}</span>
                      )}
                    </li>
                  );
                })}
              </ol>
            </section>
          ))
        )}
      </div>
    </div>
  );
}
