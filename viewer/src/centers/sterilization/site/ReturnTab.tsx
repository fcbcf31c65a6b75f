import { Button, Input, InputNumber, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../../shell/session.tsx';
import { ScanField } from '../stations/ScanField.tsx';
import { ScanLog } from '../stations/ScanLog.tsx';
import { useStation } from '../stations/useStation.ts';
import { useCatalogue } from '../useSterilization.ts';

interface Line {
  code?: string;
  setTypeCode?: string;
  label: string;
  quantity: number;
  missing: number;
  damaged: number;
}

/** Handing over used sets: scan labels or trays, or name set type and number; missing and damaged; infectious flag. */
export function ReturnTab() {
  const { t } = useTranslation('sterilization');
  const session = useSession();
  const station = useStation(`${session.institution.code} return`);
  const catalogue = useCatalogue();
  const [lines, setLines] = useState<Line[]>([]);
  const [infectious, setInfectious] = useState('none');
  const [note, setNote] = useState('');
  const change = (index: number, part: Partial<Line>) =>
    setLines((before) => before.map((line, at) => (at === index ? { ...line, ...part } : line)));
  const scan = (code: string) => {
    if (lines.some((line) => line.code === code))
      return station.say(code, 'wrong', t('problem.scanned-twice'));
    setLines((before) => [...before, { code, label: code, quantity: 1, missing: 0, damaged: 0 }]);
    station.say(code, 'ok', t('site.added'));
  };
  const send = async () => {
    const input = {
      infectious,
      note,
      lines: lines.map(({ code, setTypeCode, quantity, missing, damaged }) => ({
        code,
        setTypeCode,
        quantity,
        missing,
        damaged,
      })),
    };
    const answer = await station.act<{ number: string }>(
      'declare-return',
      input,
      t('site.return'),
      t('site.returned'),
    );
    if (!answer) return;
    setLines([]);
    setInfectious('none');
    setNote('');
  };
  return (
    <div className="cssd-two">
      <div className="cssd-stack">
        <ScanField label={t('site.scanReturn')} onCode={scan} disabled={station.busy} />
        <Select
          showSearch
          size="large"
          optionFilterProp="label"
          placeholder={t('site.addType')}
          value={null}
          onChange={(code: string, option) =>
            setLines((before) => [
              ...before,
              {
                setTypeCode: code,
                label: String((option as { label?: string }).label ?? code),
                quantity: 1,
                missing: 0,
                damaged: 0,
              },
            ])
          }
          options={(catalogue.data?.setTypes ?? []).map((type) => ({ value: type.code, label: type.name }))}
        />
        <table className="cssd-check">
          <thead>
            <tr>
              <th>{t('pack.name')}</th>
              <th>{t('request.quantity')}</th>
              <th>{t('discrepancy.missing')}</th>
              <th>{t('discrepancy.damaged')}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {lines.map((line, index) => (
              <tr key={index}>
                <td>{line.label}</td>
                <td>
                  <InputNumber
                    size="large"
                    min={1}
                    max={200}
                    disabled={line.code !== undefined}
                    value={line.quantity}
                    onChange={(value) => change(index, { quantity: Number(value ?? 1) })}
                    aria-label={`${line.label} ${t('request.quantity')}`}
                  />
                </td>
                <td>
                  <InputNumber
                    size="large"
                    min={0}
                    value={line.missing}
                    onChange={(value) => change(index, { missing: Number(value ?? 0) })}
                    aria-label={`${line.label} ${t('discrepancy.missing')}`}
                  />
                </td>
                <td>
                  <InputNumber
                    size="large"
                    min={0}
                    value={line.damaged}
                    onChange={(value) => change(index, { damaged: Number(value ?? 0) })}
                    aria-label={`${line.label} ${t('discrepancy.damaged')}`}
                  />
                </td>
                <td>
                  <Button
                    type="text"
                    onClick={() => setLines((before) => before.filter((_, at) => at !== index))}
                  >
                    {t('station.remove')}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <div className="hub-bar">
          <span>{t('site.infectious')}</span>
          <Segmented
            value={infectious}
            onChange={setInfectious}
            options={['none', 'prion', 'gas-gangrene', 'unknown-cause'].map((value) => ({
              value,
              label: t(`infectious.${value}`),
            }))}
          />
        </div>
        {infectious !== 'none' && <p className="hub-tone-breach">{t('site.infectiousHint')}</p>}
        <Input
          value={note}
          onChange={(event) => setNote(event.target.value)}
          placeholder={t('form.note')}
          aria-label={t('form.note')}
        />
        <Button
          type="primary"
          className="cssd-big"
          disabled={lines.length === 0}
          loading={station.busy}
          onClick={() => void send()}
        >
          {t('site.handOver', { n: lines.reduce((sum, line) => sum + line.quantity, 0) })}
        </Button>
      </div>
      <ScanLog station={station} />
    </div>
  );
}
