import { Button, Select, Space, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CalibrationDialog } from './CalibrationDialog.tsx';
import { layoutNames, layoutsFor, type LayoutName } from './layouts.ts';
import type { PaperView } from './usePaperView.ts';

interface Props {
  view: PaperView;
  change: (part: Partial<PaperView>) => void;
  leads: string[];
  caliper: 'off' | 'measure' | 'march';
  setCaliper: (next: 'off' | 'measure' | 'march') => void;
  compact?: boolean;
}

/** Speed, gain, layout, filters, calipers, zoom. */
export function PaperToolbar({ view, change, leads, caliper, setCaliper, compact }: Props) {
  const { t } = useTranslation('ecg');
  const [calibrating, setCalibrating] = useState(false);
  const layouts = layoutsFor(leads);
  const layout = layouts.includes(view.layout) ? view.layout : '12x1';
  const numbers = <T extends number>(values: readonly T[], unit: string) =>
    values.map((value) => ({ value, label: `${value} ${unit}` }));
  return (
    <div className="ecg-toolbar" role="toolbar" aria-label={t('toolbar')}>
      <Select
        size="small"
        aria-label={t('layout.label')}
        value={layout}
        onChange={(chosen: LayoutName) => change({ layout: chosen })}
        options={layouts.map((value) => ({
          value,
          label: t(
            layouts.length < layoutNames.length && value === '12x1' ? 'layout.all' : `layout.${value}`,
          ),
        }))}
        style={{ width: 94 }}
      />
      <Select
        size="small"
        aria-label={t('speed')}
        value={view.mmPerSecond}
        onChange={(mmPerSecond) => change({ mmPerSecond })}
        options={numbers([12.5, 25, 50] as const, 'mm/s')}
        style={{ width: 92 }}
      />
      <Select
        size="small"
        aria-label={t('gain')}
        value={view.mmPerMillivolt}
        onChange={(mmPerMillivolt) => change({ mmPerMillivolt })}
        options={numbers([2.5, 5, 10, 20] as const, 'mm/mV')}
        style={{ width: 100 }}
      />
      {(layout === 'single' || layout === '3x4+1') && (
        <Select
          size="small"
          aria-label={t('rhythm')}
          value={leads.includes(view.rhythm) ? view.rhythm : (leads[0] ?? '')}
          onChange={(rhythm: string) => change({ rhythm })}
          options={leads.map((value) => ({ value, label: value }))}
          style={{ width: 56 }}
        />
      )}
      {!compact && (
        <>
          <Select
            size="small"
            aria-label={t('filter.highPass')}
            value={view.filter.highPassHz}
            onChange={(highPassHz: number) => change({ filter: { ...view.filter, highPassHz } })}
            options={[0, 0.05, 0.15, 0.5].map((value) => ({
              value,
              label: value ? `≥ ${value} Hz` : t('filter.highOff'),
            }))}
            style={{ width: 84 }}
          />
          <Select
            size="small"
            aria-label={t('filter.lowPass')}
            value={view.filter.lowPassHz}
            onChange={(lowPassHz: number) => change({ filter: { ...view.filter, lowPassHz } })}
            options={[0, 25, 35, 40, 100, 150].map((value) => ({
              value,
              label: value ? `≤ ${value} Hz` : t('filter.lowOff'),
            }))}
            style={{ width: 84 }}
          />
          <label className="ecg-switch" title={t('filter.notch')}>
            <Switch
              size="small"
              checked={view.filter.notch50}
              onChange={(notch50) => change({ filter: { ...view.filter, notch50 } })}
              aria-label={t('filter.notch')}
            />{' '}
            50 Hz
          </label>
        </>
      )}
      <Space.Compact size="small">
        <Button
          aria-pressed={caliper === 'measure'}
          type={caliper === 'measure' ? 'primary' : 'default'}
          onClick={() => setCaliper(caliper === 'measure' ? 'off' : 'measure')}
        >
          {t('caliper.measure')}
        </Button>
        <Button
          aria-pressed={caliper === 'march'}
          type={caliper === 'march' ? 'primary' : 'default'}
          onClick={() => setCaliper(caliper === 'march' ? 'off' : 'march')}
        >
          {t('caliper.march')}
        </Button>
      </Space.Compact>
      <Space.Compact size="small">
        <Button aria-label={t('zoomOut')} onClick={() => change({ zoom: Math.max(0.5, view.zoom / 1.25) })}>
          −
        </Button>
        <Button onClick={() => change({ zoom: 1 })}>{Math.round(view.zoom * 100)}%</Button>
        <Button aria-label={t('zoomIn')} onClick={() => change({ zoom: Math.min(4, view.zoom * 1.25) })}>
          +
        </Button>
      </Space.Compact>
      <Button size="small" danger={!view.measured} onClick={() => setCalibrating(true)}>
        {view.measured ? t('calibrate.done') : t('calibrate.missing')}
      </Button>
      {calibrating && (
        <CalibrationDialog
          close={(pxPerMm) => {
            setCalibrating(false);
            if (pxPerMm) change({ pxPerMm, measured: true });
          }}
        />
      )}
    </div>
  );
}
