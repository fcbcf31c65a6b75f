import { Button, Segmented, Select, Slider } from 'antd';
import { useEffect, useMemo, useRef, useState, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import { chooseTool, type ToolKey } from '../../../panes/cornerstone/toolGroup.ts';
import { DocumentView } from '../../../panes/DocumentView.tsx';
import { StackView } from '../../../panes/StackView.tsx';
import { windowPresets } from '../../../panes/study/presets.ts';
import { DarkRoom } from '../../../shell/DarkRoom.tsx';
import { Failed, Loading } from '../../../shell/states.tsx';
import { setReading } from '../readingStore.ts';
import { useQuality } from '../useQuality.ts';
import { useShownImages } from '../useShownImages.ts';
import type { StudyToShow } from '../studies.ts';
import { useSeries } from '../useStudies.ts';
import * as acts from '../viewportActs.ts';

const viewportId = 'phone';
const fingers: readonly ToolKey[] = ['scroll', 'window', 'pan'];
const nothing = { series: [], pending: false, error: null };

/** One viewport by touch: a finger scrolls, windows or moves it, two fingers zoom, the slider goes through the stack. */
export function PhoneImages({ orderId, studies }: { orderId: string; studies: StudyToShow[] }) {
  const { t } = useTranslation('imaging');
  const today = useSeries(studies);
  const quality = useQuality(orderId, today, nothing);
  const shownImages = useShownImages(orderId);
  const [chosen, setChosen] = useState<string | null>(null);
  const [finger, setFinger] = useState<ToolKey>('scroll');
  const [slice, setSlice] = useState(0);
  const left = useRef<ComponentProps<typeof StackView>['left']>(new Map());
  const sets = useMemo(() => today.series.flatMap((each) => each.sets ?? []), [today.series]);
  const set =
    sets.find((each) => each.id === chosen) ?? sets.find((each) => each.imageIds.length > 0) ?? sets[0];
  useEffect(() => chooseTool(finger), [finger, set]);
  useEffect(() => () => chooseTool('window'), []);
  useEffect(() => {
    setReading(orderId, { modality: set?.modality ?? '', imageIds: sets.flatMap((each) => each.imageIds) });
  }, [orderId, set, sets]);
  const broken = today.error ?? today.series.find((each) => each.error)?.error;
  if (!set) return broken ? <Failed error={broken} /> : <Loading rows={6} />;
  const presets = windowPresets(set.modality);
  return (
    <DarkRoom>
      <div className="img-phone-images">
        <Select
          size="large"
          aria-label={t('phone.series')}
          value={set.id}
          onChange={setChosen}
          options={sets.map((each) => ({
            value: each.id,
            label: `${each.seriesNumber} ${each.modality} ${each.description} (${each.imageIds.length || 1})`,
          }))}
        />
        <div className="img-phone-viewport">
          {set.imageIds.length === 0 ? (
            <DocumentView set={set} />
          ) : (
            <StackView
              viewportId={viewportId}
              set={set}
              active={false}
              overlay
              planes
              ahead={false}
              onActivate={() => undefined}
              onToggleSingle={() => undefined}
              onDropSet={() => undefined}
              onSlice={setSlice}
              onQuality={(shown) => quality.ofViewport(0, shown)}
              onFullImage={shownImages.onFullImage}
              left={left.current}
            />
          )}
        </div>
        {set.imageIds.length > 1 && (
          <Slider
            min={1}
            max={set.imageIds.length}
            value={slice + 1}
            tooltip={{ open: false }}
            onChange={(value: number) => acts.scrollTo(viewportId, value - 1)}
            ariaLabelForHandle={t('phone.image')}
          />
        )}
        {set.imageIds.length > 0 && (
          <div className="img-phone-tools">
            <Segmented
              size="large"
              aria-label={t('phone.drag')}
              value={finger}
              onChange={setFinger}
              options={fingers.map((value) => ({ value, label: t(`tool.${value}`) }))}
            />
            <Select
              size="large"
              aria-label={t('window.label')}
              placeholder={t('window.label')}
              value={null}
              style={{ minWidth: 96 }}
              options={[
                { value: 'default', label: t('window.default') },
                ...presets.map((preset) => ({ value: preset.key, label: t(`window.${preset.name}`) })),
                { value: 'fit', label: t('window.fit') },
              ]}
              onChange={(key: string | null) => {
                const preset = presets.find((each) => each.key === key);
                const window = preset?.relative ? acts.relativeWindow(viewportId, preset) : preset;
                if (window) acts.setWindow(viewportId, window.width, window.center);
                else if (key === 'fit') acts.fitWindow(viewportId);
                else acts.defaultWindow(viewportId);
              }}
            />
            <Button size="large" onClick={() => acts.reset(viewportId)}>
              {t('view.reset')}
            </Button>
          </div>
        )}
      </div>
    </DarkRoom>
  );
}
