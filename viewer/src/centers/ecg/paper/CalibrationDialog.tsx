import { Modal, Slider } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cardMm, keepCalibration, nominalPxPerMm, readCalibration } from './calibration.ts';

/** The bar must be as long as a bank card; from then on a millimetre on the paper is one. */
export function CalibrationDialog({ close }: { close: (pxPerMm?: number) => void }) {
  const { t } = useTranslation('ecg');
  const [px, setPx] = useState(() => readCalibration().pxPerMm);
  return (
    <Modal
      open
      title={t('calibrate.title')}
      width={820}
      onCancel={() => close()}
      onOk={() => {
        keepCalibration(px);
        close(px);
      }}
    >
      <p>{t('calibrate.how')}</p>
      <div className="ecg-card" style={{ width: cardMm * px }} aria-hidden />
      <Slider
        min={nominalPxPerMm / 4}
        max={nominalPxPerMm * 2.2}
        step={0.005}
        value={px}
        onChange={setPx}
        aria-label={t('calibrate.title')}
        tooltip={{ formatter: (value) => `${(value ?? 0).toFixed(3)} px/mm` }}
      />
    </Modal>
  );
}
