import { useTranslation } from 'react-i18next';
import { Figure } from '../../shell/Figure.tsx';
import { shareOf, type RegulatorFigures } from './useRegulator.ts';

/** The headline figures of the county; nobody's name stands in them. */
export function RegulatorFigureRow({ figures, link }: { figures: RegulatorFigures; link: string }) {
  const { t } = useTranslation('quality');
  const { coverage } = figures;
  const cover = coverage.townships > 0 ? (coverage.townshipsActive / coverage.townships) * 100 : null;
  const onTime = [
    'img-on-time',
    'ecg-on-time',
    'lab-on-time',
    'path-frozen',
    'path-small',
    'path-histo',
    'path-cyto',
  ];
  return (
    <div className="hub-figures" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(180px, 1fr))' }}>
      <Figure
        title={t('regulator.coverage')}
        value={cover}
        digits={0}
        unit="%"
        better="up"
        target={80}
        period={`${coverage.townshipsActive} / ${coverage.townships}`}
        formula={t('regulator.coverageFormula')}
      />
      <Figure
        title={t('regulator.centers')}
        value={coverage.centersRunning}
        unit={t('regulator.centersUnit')}
        formula={t('regulator.centersFormula')}
      />
      <Figure
        title={t('regulator.villagesEcg')}
        value={coverage.villagesEcg}
        unit={`/ ${coverage.villages}`}
        formula={t('regulator.villagesFormula')}
      />
      <Figure
        title={t('regulator.onTime')}
        {...shareOf(figures, ...onTime)}
        digits={1}
        unit="%"
        better="up"
        target={95}
        formula={t('regulator.onTimeFormula')}
        to={`/quality?${link}`}
      />
      <Figure
        title={t('regulator.recognition')}
        {...shareOf(figures, 'recognition-rate')}
        digits={1}
        unit="%"
        better="up"
        formula={t('recognitionFormula')}
        to={`/quality/recognition?${link}`}
      />
      <Figure
        title={t('regulator.critical')}
        {...shareOf(figures, 'critical-10')}
        digits={1}
        unit="%"
        better="up"
        target={100}
        formula={t('regulator.criticalFormula')}
        to={`/quality/indicators/critical-10?${link}`}
      />
    </div>
  );
}
