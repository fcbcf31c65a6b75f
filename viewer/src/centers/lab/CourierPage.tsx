import { Button, Input, InputNumber, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { Temperature } from './BoxesPage.tsx';
import { CameraScan } from './CameraScan.tsx';
import { ScanBox } from './ScanBox.tsx';
import type { Box } from './types.ts';
import { useAct, useLab } from './useLab.ts';
import './lab.css';

/** Courier, on a phone: scan the box, read the seal, take it over, log its temperature. Shows no patient. */
export default function CourierPage() {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [code, setCode] = useState('');
  const [seal, setSeal] = useState('');
  const boxes = useLab<{ items: Box[] }>('lab/boxes?state=sealed,in-transit&limit=100');
  const take = async () => {
    const done = await act(
      () => post('/api/lab/box-handover', { code, sealNumber: seal.trim() }),
      () => t('said.taken', { code }),
    );
    if (done === undefined) return;
    setCode('');
    setSeal('');
  };
  return (
    <div className="hub-page">
      <h1 className="hub-title">{t('nav.courier')}</h1>
      <div className="hub-scroll lab-stack">
        <div className="lab-stack lab-big">
          <ScanBox label={t('scanBox')} onCode={setCode} />
          <CameraScan onCode={setCode} />
          {code !== '' && (
            <>
              <b className="lab-code">{code}</b>
              <Input
                value={seal}
                onChange={(event) => setSeal(event.target.value)}
                placeholder={t('box.sealNumber')}
                aria-label={t('box.sealNumber')}
                onPressEnter={() => void take()}
              />
              <Button
                type="primary"
                className="lab-big"
                loading={busy}
                disabled={seal.trim() === ''}
                onClick={() => void take()}
              >
                {t('box.take')}
              </Button>
            </>
          )}
        </div>
        {boxes.isPending ? (
          <Loading />
        ) : boxes.isError ? (
          <Failed error={boxes.error} retry={() => void boxes.refetch()} />
        ) : boxes.data.items.length === 0 ? (
          <Empty text={t('box.noneToCarry')} />
        ) : (
          boxes.data.items.map((box) => (
            <section key={box.id} className="hub-panel lab-tube">
              <b className="lab-code">{box.code}</b>
              <span>
                {box.fromName} → {box.toName}
              </span>
              <span>
                {t('box.tubes')} {box.tubes}
              </span>
              <span>{t(`box.state.${box.state}`)}</span>
              <Temperature box={box} />
              <span className="hub-quiet">{dateTime(box.handedAt ?? box.sealedAt)}</span>
              {box.state === 'sealed' && (
                <Button className="lab-big" onClick={() => setCode(box.code)}>
                  {t('box.choose')}
                </Button>
              )}
              {box.state === 'in-transit' && <Log box={box} />}
            </section>
          ))
        )}
      </div>
    </div>
  );
}

/** One reading of the box's thermometer, now. Outside the limits both ends hear of it. */
function Log({ box }: { box: Box }) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [celsius, setCelsius] = useState<number | null>(null);
  const log = async () => {
    const done = await act(
      () =>
        post<{ outside: number }>('/api/lab/box-temperature', {
          code: box.code,
          readings: [{ at: new Date().toISOString(), celsius, source: 'courier' }],
        }),
      (answer) => t(answer.outside > 0 ? 'said.tooWarm' : 'said.logged', { celsius }),
    );
    if (done !== undefined) setCelsius(null);
  };
  return (
    <Space>
      <InputNumber
        className="lab-big"
        style={{ width: 120 }}
        min={-90}
        max={90}
        step={0.1}
        suffix="℃"
        inputMode="decimal"
        aria-label={t('box.temperature')}
        placeholder={t('box.temperature')}
        value={celsius}
        onChange={setCelsius}
        onPressEnter={() => void log()}
      />
      <Button className="lab-big" loading={busy} disabled={celsius === null} onClick={() => void log()}>
        {t('box.log')}
      </Button>
    </Space>
  );
}
