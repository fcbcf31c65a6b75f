import { useQuery } from '@tanstack/react-query';
import { Button, Select, Slider, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listSeries, loadSeries } from '../../panes/study/loadStudy.ts';
import { createWheelSteps } from '../../panes/wheelSteps.ts';
import { Failed, Loading } from '../../shell/states.tsx';

const WINDOWS: Record<string, string> = {
  lung: '-600,1500',
  soft: '40,400',
  bone: '400,1800',
  brain: '40,80',
};

/** The images of one study as pictures rendered by the hub: series, slice, window. For reading along, not for diagnosis. */
export function SharedImages({ studyUid }: { studyUid: string }) {
  const { t } = useTranslation('exchange');
  const [shown, setShown] = useState(false);
  const [series, setSeries] = useState<string | null>(null);
  const [index, setIndex] = useState(0);
  const [preset, setPreset] = useState<string | null>(null);
  const [stepsOf] = useState(createWheelSteps);
  const list = useQuery({
    queryKey: ['shared', studyUid],
    enabled: shown,
    queryFn: ({ signal }) => listSeries(studyUid, signal),
  });
  const chosen = list.data?.find((each) => each.seriesUid === series) ?? list.data?.[0];
  const sets = useQuery({
    queryKey: ['shared', studyUid, chosen?.seriesUid],
    enabled: chosen !== undefined,
    queryFn: ({ signal }) => loadSeries(studyUid, chosen?.seriesUid ?? '', signal),
  });
  if (!shown) return <Button onClick={() => setShown(true)}>{t('images')}</Button>;
  if (list.isPending) return <Loading />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const frames = (sets.data ?? []).flatMap((set) => set.imageIds);
  const at = Math.min(index, Math.max(0, frames.length - 1));
  const frame = frames[at]?.replace(/^wadors:/, '');
  const window = preset ? WINDOWS[preset] : undefined;
  const move = (by: number) => setIndex(Math.min(frames.length - 1, Math.max(0, at + by)));
  return (
    <section className="hub-shared-images" aria-label={t('images')}>
      <Space wrap>
        <Select
          aria-label={t('series')}
          style={{ minWidth: 220 }}
          value={chosen?.seriesUid ?? null}
          onChange={(value) => {
            setSeries(value);
            setIndex(0);
          }}
          options={list.data.map((each) => ({
            value: each.seriesUid,
            label: `${each.modality} ${each.number} ${each.description} (${each.instances})`,
          }))}
        />
        <Select
          aria-label={t('window')}
          allowClear
          placeholder={t('window')}
          style={{ minWidth: 120 }}
          value={preset}
          onChange={(value) => setPreset(value ?? null)}
          options={Object.keys(WINDOWS).map((value) => ({ value, label: t(`windows.${value}`) }))}
        />
        <span>
          {frames.length === 0 ? 0 : at + 1} / {frames.length}
        </span>
      </Space>
      {frame ? (
        <div className="hub-shared-picture" onWheel={({ nativeEvent }) => move(stepsOf(nativeEvent))}>
          <img
            src={`${frame}/rendered?viewport=1024,1024${window ? `&window=${window}` : ''}`}
            alt={`${chosen?.description ?? ''} ${at + 1}`}
          />
        </div>
      ) : sets.isPending ? (
        <Loading />
      ) : (
        <p>{t('noImages')}</p>
      )}
      {frames.length > 1 && (
        <Slider
          min={0}
          max={frames.length - 1}
          value={at}
          onChange={setIndex}
          ariaLabelForHandle={t('slice')}
          tooltip={{ formatter: (value) => (value ?? 0) + 1 }}
        />
      )}
      <p className="hub-quiet">{t('notDiagnostic')}</p>
    </section>
  );
}
