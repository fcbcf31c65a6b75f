import { Button, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, get } from '../../../api/client.ts';
import { problemText } from '../problemText.ts';
import type { PackDetail } from '../types.ts';
import { PackCard } from './PackCard.tsx';
import { ScanField } from './ScanField.tsx';
import type { Station } from './useStation.ts';

interface Line {
  found: number;
  damaged: number;
  reason: string;
}

/** Reception (count and sort) and inspection: scan, compare with the list, confirm or name what differs. */
export function CountStation({ kind, station }: { kind: 'count' | 'inspect'; station: Station }) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const [pack, setPack] = useState<PackDetail | null>(null);
  const [lines, setLines] = useState<Record<string, Line>>({});
  const [instruments, setInstruments] = useState<string[]>([]);
  const [agent, setAgent] = useState('');

  const open = async (code: string) => {
    if (pack && kind === 'inspect' && !/^P\d{13}$/.test(code)) {
      if (instruments.includes(code)) return station.say(code, 'wrong', t('problem.scanned-twice'));
      setInstruments((before) => [...before, code]); // instrument or implant of the open set
      return station.say(code, 'ok', t('station.inspect.part', { name: pack.setName }));
    }
    try {
      const found = await get<PackDetail>(`/api/sterilization/packs/${encodeURIComponent(code)}`);
      station.say(found.code, 'ok', found.setName);
      setPack(found);
      setLines(kind === 'inspect' ? countedShort(found) : {});
      setInstruments([]);
    } catch (error) {
      if (error instanceof ApiError && error.status === 0) await station.act(kind, { code }, code, '');
      else station.say(code, 'wrong', problemText(error, t, false));
    }
  };
  const shortBefore = (code: string) =>
    kind === 'inspect' &&
    (pack?.counts ?? []).some(
      (one) => one.stage === 'sort' && one.code === code && one.discrepancy !== 'none',
    );
  const differing = () =>
    (pack?.contents ?? []).flatMap((item) => {
      const line = lines[item.code];
      if (!line || (line.found === item.quantity && line.damaged === 0 && line.reason === 'none')) return [];
      return [
        {
          instrumentTypeCode: item.code,
          expected: item.quantity,
          found: line.found,
          damaged: line.damaged,
          discrepancy: line.reason,
        },
      ];
    });
  const finish = async (more: Record<string, unknown> = {}) => {
    if (!pack) return;
    const input = {
      code: pack.code,
      lines: differing(),
      ...(kind === 'inspect' && { instruments }),
      ...more,
    };
    const answer = await station.act<{ state: string }>(
      kind,
      input,
      pack.code,
      `${pack.setName} · ${t(`station.${kind}.done`)}`,
    );
    if (answer) setPack(null);
  };
  const pretreat = async () => {
    if (!pack) return;
    const answer = await station.act(
      'pretreat',
      { code: pack.code, agent, minutes: 60 },
      pack.code,
      t('station.count.pretreated'),
    );
    if (answer) await open(pack.code);
  };
  const change = (code: string, quantity: number, part: Partial<Line>) =>
    setLines((before) => {
      const next = { found: quantity, damaged: 0, reason: 'missing', ...before[code], ...part };
      return {
        ...before,
        [code]: {
          ...next,
          reason:
            part.reason ??
            (next.found > quantity
              ? 'foreign'
              : next.found < quantity
                ? 'missing'
                : next.damaged > 0
                  ? 'damaged'
                  : shortBefore(code)
                    ? 'replaced'
                    : 'none'),
        },
      };
    });

  return (
    <>
      <ScanField
        label={t(`station.${kind}.scan`)}
        onCode={(code) => void open(code)}
        disabled={station.busy}
      />
      {pack && <PackCard pack={pack} />}
      {pack && kind === 'count' && pack.infectious !== 'none' && pack.state === 'collected' ? (
        <section className="cssd-card">
          <p className="hub-tone-breach">{t('station.count.infectious')}</p>
          <div className="cssd-buttons">
            <Input
              size="large"
              value={agent}
              onChange={(event) => setAgent(event.target.value)}
              placeholder={t('station.count.agent')}
              aria-label={t('station.count.agent')}
            />
            <Button
              type="primary"
              className="cssd-big"
              disabled={agent === ''}
              onClick={() => void pretreat()}
            >
              {t('station.count.pretreat')}
            </Button>
          </div>
        </section>
      ) : (
        pack && (
          <section className="cssd-card">
            <table className="cssd-check">
              <thead>
                <tr>
                  <th>{t('check.item')}</th>
                  <th>{t('check.expected')}</th>
                  <th>{t('check.found')}</th>
                  <th>{t('check.damaged')}</th>
                  <th>{t('check.reason')}</th>
                </tr>
              </thead>
              <tbody>
                {pack.contents.map((item) => {
                  const line = lines[item.code];
                  return (
                    <tr key={item.position} className={line && line.reason !== 'none' ? 'cssd-differs' : ''}>
                      <td>{item.name}</td>
                      <td>{item.quantity}</td>
                      <td>
                        <InputNumber
                          size="large"
                          min={0}
                          max={500}
                          value={line?.found ?? item.quantity}
                          aria-label={`${item.name} ${t('check.found')}`}
                          onChange={(value) =>
                            change(item.code, item.quantity, { found: Number(value ?? 0) })
                          }
                        />
                      </td>
                      <td>
                        <InputNumber
                          size="large"
                          min={0}
                          max={500}
                          value={line?.damaged ?? 0}
                          aria-label={`${item.name} ${t('check.damaged')}`}
                          onChange={(value) =>
                            change(item.code, item.quantity, { damaged: Number(value ?? 0) })
                          }
                        />
                      </td>
                      <td>
                        {line && line.reason !== 'none' && (
                          <Select
                            size="large"
                            value={line.reason}
                            style={{ width: 110 }}
                            aria-label={t('check.reason')}
                            onChange={(reason) => change(item.code, item.quantity, { reason })}
                            options={['missing', 'damaged', 'foreign', 'replaced', 'repair'].map((value) => ({
                              value,
                              label: t(`discrepancy.${value}`),
                            }))}
                          />
                        )}
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
            {instruments.length > 0 && (
              <p className="cssd-code">{t('check.instruments', { codes: instruments.join('、') })}</p>
            )}
            <div className="cssd-buttons">
              <Button
                type="primary"
                className="cssd-big"
                loading={station.busy}
                onClick={() => void finish()}
              >
                {differing().length === 0
                  ? t(`station.${kind}.complete`)
                  : t(`station.${kind}.differs`, { n: differing().length })}
              </Button>
              {kind === 'inspect' && (
                <Button danger className="cssd-big" onClick={() => void finish({ cleaning: 'soiled' })}>
                  {t('station.inspect.soiled')}
                </Button>
              )}
              <Button className="cssd-big" onClick={() => setPack(null)}>
                {t('shell:action.cancel')}
              </Button>
            </div>
          </section>
        )
      )}
    </>
  );
}

/** What reception found short or damaged stands in the checklist of assembly until somebody says what became of it. */
function countedShort(pack: PackDetail): Record<string, Line> {
  return Object.fromEntries(
    pack.counts
      .filter((one) => one.stage === 'sort' && one.code !== null)
      .map((one) => [one.code, { found: one.found, damaged: one.damaged, reason: one.discrepancy }]),
  );
}
