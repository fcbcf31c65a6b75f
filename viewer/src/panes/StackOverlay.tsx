import { useTranslation } from 'react-i18next';
import { dicomDate, dicomTime, number, numbers, tag, text, values } from './study/dicomJson.ts';
import type { DisplaySet } from './study/displaySets.ts';
import { orientationLetters } from './study/orientation.ts';
import type { SpacingSource } from './study/spacing.ts';

export interface StackFacts {
  index: number;
  total: number;
  width: number | null;
  center: number | null;
  zoom: number;
  rotation: number;
  flipHorizontal: boolean;
  flipVertical: boolean;
  invert: boolean;
  pixelsPerMm: number | null;
  spacing: SpacingSource;
}

/** Length of the scale bar in mm that fits between 60 and 160 screen pixels. */
export function scaleBar(pixelsPerMm: number): { mm: number; pixels: number } {
  const mm = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((each) => each * pixelsPerMm >= 60) ?? 500;
  return { mm, pixels: mm * pixelsPerMm };
}

/** Hanzi names are written without the gap that stands for the caret of DICOM. */
const closeHanzi = (name: string): string => name.replace(/(?<=\p{Script=Han}) (?=\p{Script=Han})/gu, '');

/** A device that writes the ID card for the patient's number must not show what the hub masks everywhere else. */
const maskIdCard = (patientId: string): string =>
  patientId.replace(/^(\d{4})\d{10}(\d{3}[\dX])$/i, '$1**********$2');

/** Patient, examination, technique, position, window: the four corners, letters and scale bar. */
export function StackOverlay({
  set,
  facts,
  prior,
}: {
  set: DisplaySet;
  facts: StackFacts;
  prior?: string | undefined;
}) {
  const { t } = useTranslation('imaging');
  const perInstance = set.kind === 'cine' ? 0 : facts.index;
  const instance = set.instances[Math.min(perInstance, set.instances.length - 1)] ?? {};
  const side = orientationLetters(
    numbers(instance, tag.imageOrientation),
    facts,
    values(instance, tag.patientOrientation),
  );
  const sex = text(instance, tag.patientSex);
  const date = text(instance, tag.acquisitionDate) || text(instance, tag.studyDate);
  const time = text(instance, tag.acquisitionTime) || text(instance, tag.studyTime);
  const kv = number(instance, tag.kvp);
  const mas = number(instance, tag.exposure);
  const ctdi = number(instance, tag.ctdiVol);
  const dap = number(instance, tag.doseAreaProduct);
  const exposureMs = number(instance, tag.exposureTime);
  const currentMa = number(instance, tag.tubeCurrent);
  const repetitionMs = number(instance, tag.repetitionTime);
  const echoMs = number(instance, tag.echoTime);
  const technique = [
    kv !== null ? `${kv} kV` : '',
    mas !== null
      ? `${mas} mAs`
      : currentMa !== null && exposureMs !== null
        ? `${((currentMa * exposureMs) / 1000).toFixed(1)} mAs`
        : currentMa !== null
          ? `${currentMa} mA`
          : '',
    repetitionMs !== null ? `TR ${repetitionMs.toFixed(0)}` : '',
    echoMs !== null ? `TE ${echoMs.toFixed(0)}` : '',
  ].filter(Boolean);
  const dose = [
    ctdi !== null ? `CTDIvol ${ctdi.toFixed(1)} mGy` : '',
    dap !== null ? `DAP ${dap.toFixed(2)} dGy·cm²` : '',
  ].filter(Boolean);
  const thickness = number(instance, tag.sliceThickness);
  const location = number(instance, tag.sliceLocation);
  // By slice position the first image need not be the device's number 1, which reports and prints name.
  const numbered = set.kind === 'cine' ? null : number(instance, tag.instanceNumber);
  const bar = facts.pixelsPerMm ? scaleBar(facts.pixelsPerMm) : null;
  return (
    <div className="hub-overlay" aria-hidden="true">
      <div className="hub-overlay-tl">
        {prior && <b className="hub-overlay-prior">{prior}</b>}
        <div>{closeHanzi(text(instance, tag.patientName))}</div>
        <div>
          {[maskIdCard(text(instance, tag.patientId)), sex, text(instance, tag.patientAge)]
            .filter(Boolean)
            .join(' ')}
        </div>
        <div>{dicomDate(text(instance, tag.patientBirthDate))}</div>
      </div>
      <div className="hub-overlay-tr">
        <div>{text(instance, tag.institutionName)}</div>
        <div>
          {[text(instance, tag.manufacturer), text(instance, tag.modelName)].filter(Boolean).join(' ')}
        </div>
        <div>{`${dicomDate(date)} ${dicomTime(time)}`}</div>
        <div>{[text(instance, tag.studyDescription), set.description].filter(Boolean).join(' / ')}</div>
      </div>
      <div className="hub-overlay-bl">
        <div>
          {set.modality} {t('imageOf', { n: facts.index + 1, total: facts.total })}
          {numbered !== null && numbered !== facts.index + 1 && ` · ${t('imageNumber', { n: numbered })}`}
        </div>
        {(thickness !== null || location !== null) && (
          <div>
            {thickness !== null ? `${t('thickness')} ${thickness.toFixed(1)} mm ` : ''}
            {location !== null ? `${t('location')} ${location.toFixed(1)} mm` : ''}
          </div>
        )}
        <div>
          {Number.isFinite(facts.zoom) && `${(facts.zoom * 100).toFixed(0)} %`}
          {facts.spacing === 'none' && ` ${t('spacing.none')}`}
        </div>
      </div>
      <div className="hub-overlay-br">
        {technique.length > 0 && <div>{technique.join(' ')}</div>}
        {dose.length > 0 && <div>{dose.join(' ')}</div>}
        {facts.width !== null && facts.center !== null && (
          <div>
            W {facts.width.toFixed(0)} L {facts.center.toFixed(0)} {facts.invert ? t('inverted') : ''}
          </div>
        )}
      </div>
      {side && (
        <>
          <span className="hub-letter hub-letter-top">{side.top}</span>
          <span className="hub-letter hub-letter-bottom">{side.bottom}</span>
          <span className="hub-letter hub-letter-left">{side.left}</span>
          <span className="hub-letter hub-letter-right">{side.right}</span>
        </>
      )}
      {bar && (
        <div className="hub-scalebar" style={{ height: bar.pixels }}>
          <span>
            {bar.mm >= 10 ? `${bar.mm / 10} cm` : `${bar.mm} mm`}
            {facts.spacing !== 'patient' && <small>{t(`spacing.${facts.spacing}`)}</small>}
          </span>
        </div>
      )}
    </div>
  );
}
