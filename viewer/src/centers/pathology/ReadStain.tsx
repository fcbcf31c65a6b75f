import { AutoComplete, Button, InputNumber, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { StainOrder } from './types.ts';

const usual: Record<string, string[]> = {
  ihc: ['−', '+', '++', '+++', '0', '1+', '2+', '3+', '灶性 +', '野生型', '突变型'],
  special: ['−', '+'],
  molecular: ['未检出突变', '检出突变', 'MSS', 'MSI-L', 'MSI-H', '未扩增', '扩增'],
};
const intensities = ['弱', '中', '强', '弱–中', '中–强'];

interface Props {
  stain: StainOrder;
  act: (run: () => Promise<unknown>) => Promise<boolean>;
}

/** What was read of a stain: result, share of cells, intensity. A recut or decalcification is only finished. */
export function ReadStain({ stain, act }: Props) {
  const { t } = useTranslation('pathology');
  const [open, setOpen] = useState(false);
  const [result, setResult] = useState('');
  const [percent, setPercent] = useState<number | null>(null);
  const [intensity, setIntensity] = useState('');
  const finish = async (read?: object) => {
    const body = { state: 'done', ...(read && { result: read }) };
    if (await act(() => post(`/api/pathology/stain-orders/${stain.id}/finish`, body))) setOpen(false);
  };
  const options = usual[stain.kind];
  if (!options)
    return (
      <Button size="small" onClick={() => void finish()}>
        {t('flow.stainDone')}
      </Button>
    );
  const save = () =>
    void finish({
      result: result.trim(),
      ...(percent !== null && { percent }),
      ...(intensity.trim() && { intensity: intensity.trim() }),
    });
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      title={t('flow.readStain', { stain: stain.stain })}
      content={
        <span className="hub-row">
          <AutoComplete
            style={{ width: 130 }}
            value={result}
            aria-label={t('report.result')}
            placeholder={t('report.result')}
            options={options.map((value) => ({ value }))}
            onChange={setResult}
          />
          {stain.kind === 'ihc' && (
            <>
              <InputNumber
                style={{ width: 96 }}
                min={0}
                max={100}
                suffix="%"
                value={percent}
                aria-label={t('report.percent')}
                placeholder={t('report.percent')}
                onChange={setPercent}
              />
              <AutoComplete
                style={{ width: 90 }}
                value={intensity}
                aria-label={t('report.intensity')}
                placeholder={t('report.intensity')}
                options={intensities.map((value) => ({ value }))}
                onChange={setIntensity}
              />
            </>
          )}
          <Button type="primary" disabled={!result.trim()} onClick={save}>
            {t('flow.saveReading')}
          </Button>
        </span>
      }
    >
      <Button size="small">{t('flow.read')}</Button>
    </Popover>
  );
}
