import { Button, Input, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../../shell/format.ts';
import { Empty } from '../../../shell/states.tsx';
import { ScanField } from '../stations/ScanField.tsx';
import { useKept } from '../stations/useKept.ts';
import { useStation } from '../stations/useStation.ts';
import { useSession } from '../../../shell/session.tsx';
import { ScanLog } from '../stations/ScanLog.tsx';
import type { Site } from '../types.ts';

/** Receipt of a sterile transfer: one scan, one pack; wet, torn or dropped is not sterile. */
export function ReceiveTab({ site }: { site: Site }) {
  const { t } = useTranslation('sterilization');
  const session = useSession();
  const station = useStation(`${session.institution.code} receive`);
  const [shelf, setShelf] = useKept('receive.shelf', '');
  const [condition, setCondition] = useState('intact');
  const scan = async (code: string) => {
    await station.act(
      'receive',
      { packs: [{ code, condition }], shelf },
      code,
      condition === 'intact' ? t('site.received') : t(`defect.${condition}`),
    );
    setCondition('intact');
  };
  return (
    <div className="cssd-two">
      <div className="cssd-stack">
        <ScanField label={t('site.scanReceive')} onCode={(code) => void scan(code)} disabled={station.busy} />
        <div className="hub-bar">
          <Segmented
            size="large"
            value={condition}
            onChange={setCondition}
            options={['intact', 'wet', 'torn', 'dropped'].map((value) => ({
              value,
              label: t(`defect.${value}`),
            }))}
          />
          <Input
            style={{ width: 160 }}
            size="large"
            value={shelf}
            onChange={(event) => setShelf(event.target.value)}
            placeholder={t('pack.shelf')}
            aria-label={t('pack.shelf')}
          />
        </div>
        {site.incoming.length === 0 ? (
          <Empty text={t('site.noIncoming')} />
        ) : (
          site.incoming.map((transfer) => (
            <section key={transfer.number} className="hub-panel">
              <p>
                <b>{transfer.number}</b> · {dateTime(transfer.departedAt)} · {transfer.courier ?? ''}{' '}
                {transfer.vehicle}{' '}
                <Button
                  size="small"
                  href={`/api/sterilization/transfers/${transfer.number}/note.pdf`}
                  target="_blank"
                >
                  {t('site.note')}
                </Button>
              </p>
              <ul className="cssd-list">
                {transfer.packs.map((pack) => (
                  <li key={pack.code} className={pack.received ? 'hub-quiet' : ''}>
                    {pack.received ? '✓' : '○'} {pack.setName} <span className="cssd-code">{pack.code}</span>{' '}
                    {pack.expiresOn}
                  </li>
                ))}
              </ul>
            </section>
          ))
        )}
      </div>
      <ScanLog station={station} />
    </div>
  );
}
