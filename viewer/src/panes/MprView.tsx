import { isDamaged } from './cornerstone/frameLoader.ts';
import { Button, InputNumber, Select } from 'antd';
import { useEffect, useMemo, useRef, useState, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty, Failed, Loading } from '../shell/states.tsx';
import { currentRendering } from './cornerstone/engine.ts';
import { openGpuVolume, type GpuVolume } from './mpr/gpuReformat.ts';
import { loadVolume } from './mpr/loadVolume.ts';
import { axesOf, reformat, shade, type Plane, type Slab } from './mpr/reformat.ts';
import { createWheelSteps } from './wheelSteps.ts';
import { unsuitable, type Vector, type Volume } from './mpr/volume.ts';
import type { DisplaySet } from './study/displaySets.ts';
import { letters } from './study/orientation.ts';

export interface MprWindow {
  width: number;
  center: number;
}

interface Props {
  set: DisplaySet;
  window: MprWindow;
  invert: boolean;
  onWindow: (window: MprWindow) => void;
  onClose: () => void;
  /** A series is there as a whole volume of full quality. */
  onVolume?: (seriesUid: string) => void;
  /** How much of the volume is there; null when the view goes. */
  onQuality?: (shown: 'loading' | 'full' | 'failed' | null) => void;
}

type Renderer = 'auto' | 'gpu' | 'cpu';
const renderers: readonly Renderer[] = ['auto', 'gpu', 'cpu'];
const rendererKey = 'hub.mpr.renderer';
const chosenRenderer = (): Renderer =>
  renderers.find((each) => each === localStorage.getItem(rendererKey)) ?? 'auto';

const negative = (v: Vector): Vector => [-v[0], -v[1], -v[2]];
const planes: readonly Plane[] = [2, 1, 0];

/** Name of a plane from the direction it is perpendicular to. */
function planeName(axis: Vector): 'axial' | 'coronal' | 'sagittal' {
  const [x, y, z] = axis.map(Math.abs) as Vector;
  return z >= x && z >= y ? 'axial' : y >= x ? 'coronal' : 'sagittal';
}

interface PlaneProps {
  volume: Volume;
  plane: Plane;
  cross: Vector;
  slab: Slab;
  thicknessMm: number;
  window: MprWindow;
  invert: boolean;
  /** Draws on the graphics card; null: the processor does. */
  gpu: GpuVolume | null;
  onCross: (cross: Vector) => void;
  onWindow: (window: MprWindow) => void;
}

/** One plane: wheel steps, left drag moves the crosshair, right drag changes the window. */
function PlaneCanvas(props: PlaneProps) {
  const { volume, plane, cross, slab, thicknessMm, window, invert, gpu, onCross, onWindow } = props;
  const { t } = useTranslation('imaging');
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [stepsOf] = useState(createWheelSteps);
  const [room, setRoom] = useState<[number, number]>([0, 0]);
  const [h, v] = axesOf[plane];
  const index = cross[plane];
  const cut = useMemo(
    () => (gpu ? null : reformat(volume, plane, index, slab, thicknessMm)),
    [gpu, volume, plane, index, slab, thicknessMm],
  );
  const mm: [number, number] = [volume.size[h] * volume.spacingMm[h], volume.size[v] * volume.spacingMm[v]];
  const scale = Math.min(room[0] / mm[0], room[1] / mm[1]) || 0;
  const shown: [number, number] = [mm[0] * scale, mm[1] * scale];

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setRoom([element.clientWidth, element.clientHeight]));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    if (gpu) {
      const [width, height] = [Math.round(shown[0]), Math.round(shown[1])];
      gpu.draw(element, { plane, index, slab, thicknessMm, window, invert, width, height });
      element.dataset.state = 'shown';
      return;
    }
    if (!cut) return;
    const picture = new ImageData(cut.width, cut.height);
    shade(cut, window, invert, picture.data);
    element.width = cut.width;
    element.height = cut.height;
    context.putImageData(picture, 0, 0);
    element.dataset.state = 'shown';
  }, [gpu, cut, window, invert, plane, index, slab, thicknessMm, shown[0], shown[1]]);

  const step = (by: number) => {
    const next: Vector = [...cross];
    next[plane] = Math.max(0, Math.min(volume.size[plane] - 1, index + by));
    onCross(next);
  };
  const drag = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.buttons === 2) {
      onWindow({
        width: Math.max(1, window.width + event.movementX * 2),
        center: window.center + event.movementY * 2,
      });
    } else if (event.buttons === 1) {
      const rect = event.currentTarget.getBoundingClientRect();
      const next: Vector = [...cross];
      next[h] = Math.max(
        0,
        Math.min(volume.size[h] - 1, Math.floor(((event.clientX - rect.left) / rect.width) * volume.size[h])),
      );
      next[v] = Math.max(
        0,
        Math.min(volume.size[v] - 1, Math.floor(((event.clientY - rect.top) / rect.height) * volume.size[v])),
      );
      onCross(next);
    }
  };
  const name = planeName(volume.axes[plane]);
  return (
    <div className="hub-mpr-plane" ref={box}>
      <canvas
        ref={canvas}
        style={{ width: shown[0], height: shown[1] }}
        data-plane={name}
        role="img"
        aria-label={t(`mpr.${name}`)}
        onContextMenu={(event) => event.preventDefault()}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag(event);
        }}
        onPointerMove={drag}
        onWheel={({ nativeEvent }) => step(stepsOf(nativeEvent))}
      />
      <div className="hub-mpr-cross" style={{ width: shown[0], height: shown[1] }} aria-hidden="true">
        <i style={{ left: `${((cross[h] + 0.5) / volume.size[h]) * 100}%` }} />
        <b style={{ top: `${((cross[v] + 0.5) / volume.size[v]) * 100}%` }} />
      </div>
      <div className="hub-overlay" aria-hidden="true">
        <div className="hub-overlay-tl">{t(`mpr.${name}`)}</div>
        <div className="hub-overlay-bl">
          {index + 1} / {volume.size[plane]}
        </div>
        <div className="hub-overlay-br">{`W ${window.width.toFixed(0)} L ${window.center.toFixed(0)}`}</div>
        <span className="hub-letter hub-letter-top">{letters(negative(volume.axes[v]))}</span>
        <span className="hub-letter hub-letter-bottom">{letters(volume.axes[v])}</span>
        <span className="hub-letter hub-letter-left">{letters(negative(volume.axes[h]))}</span>
        <span className="hub-letter hub-letter-right">{letters(volume.axes[h])}</span>
      </div>
    </div>
  );
}

/** Axial, coronal and sagittal planes with a crosshair and slabs, by WebGL2 or, where that is missing or lost, on the processor. */
export function MprView({ set, window, invert, onWindow, onClose, onQuality, onVolume }: Props) {
  const { t } = useTranslation(['imaging', 'shell']);
  const [volume, setVolume] = useState<Volume | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [done, setDone] = useState(0);
  const [cross, setCross] = useState<Vector>([0, 0, 0]);
  const [slab, setSlab] = useState<Slab>('none');
  const [thicknessMm, setThicknessMm] = useState(10);
  const [gpu, setGpu] = useState<GpuVolume | null>(null);
  const [lost, setLost] = useState(false);
  const [wish, setWish] = useState<Renderer>(chosenRenderer);
  const why = unsuitable(set);
  useEffect(() => {
    const damaged = set.imageIds.some(isDamaged);
    onQuality?.(failure || (volume && damaged) ? 'failed' : volume || why ? 'full' : 'loading');
    return () => onQuality?.(null);
  }, [failure, volume, why, onQuality, set]);
  useEffect(() => {
    if (volume) onVolume?.(set.seriesUid);
  }, [volume, set, onVolume]);

  useEffect(() => {
    // A software rasterizer is slower than the processor's own path: the card is taken only where there is one.
    const wanted = wish === 'gpu' || (wish === 'auto' && currentRendering()?.mode === 'gpu');
    if (!volume || !wanted || lost) return setGpu(null);
    const opened = openGpuVolume(volume, () => setLost(true));
    setGpu(opened);
    return () => opened?.close();
  }, [volume, wish, lost]);

  useEffect(() => {
    if (why) return;
    const stop = new AbortController();
    loadVolume(set, (count) => !stop.signal.aborted && setDone(count), stop.signal).then(
      (loaded) => {
        if (stop.signal.aborted) return;
        setVolume(loaded);
        setCross(loaded.size.map((n) => Math.floor(n / 2)) as Vector);
      },
      (error: unknown) => !stop.signal.aborted && setFailure(error),
    );
    return () => stop.abort();
  }, [set, why]);

  if (why)
    return (
      <Empty
        text={t(`mpr.unsuitable.${why}`)}
        action={<Button onClick={onClose}>{t('shell:action.close')}</Button>}
      />
    );
  if (failure) return <Failed error={failure} />;
  return (
    <div className="hub-mpr">
      <div className="hub-tools">
        <Select
          size="small"
          aria-label={t('mpr.slab')}
          value={slab}
          onChange={setSlab}
          style={{ width: 120 }}
          options={(['none', 'max', 'min', 'mean'] as const).map((value) => ({
            value,
            label: t(`mpr.slabs.${value}`),
          }))}
        />
        {slab !== 'none' && (
          <InputNumber
            size="small"
            min={1}
            max={100}
            value={thicknessMm}
            onChange={(value) => value && setThicknessMm(value)}
            suffix="mm"
            aria-label={t('mpr.thickness')}
            style={{ width: 90 }}
          />
        )}
        <Select
          size="small"
          aria-label={t('mpr.renderer')}
          value={wish}
          style={{ width: 118 }}
          onChange={(value: Renderer) => {
            localStorage.setItem(rendererKey, value);
            setLost(false);
            setWish(value);
          }}
          options={renderers.map((value) => ({ value, label: t(`mpr.renderers.${value}`) }))}
        />
        <span className="hub-tools-note" role="status" data-renderer={gpu ? 'webgl2' : 'cpu'}>
          {gpu ? 'WebGL2' : t(lost ? 'mpr.contextLost' : 'mpr.onCpu')}
        </span>
        <span className="hub-tools-note">{t('mpr.hint')}</span>
        <span className="hub-grow" />
        <Button size="small" onClick={onClose}>
          {t('mpr.close')}
        </Button>
      </div>
      {!volume ? (
        <Loading done={done} total={set.imageIds.length} />
      ) : (
        <div className="hub-mpr-planes">
          {planes.map((plane) => (
            <PlaneCanvas
              key={plane}
              volume={volume}
              plane={plane}
              cross={cross}
              slab={slab}
              thicknessMm={thicknessMm}
              window={window}
              invert={invert}
              gpu={gpu}
              onCross={setCross}
              onWindow={onWindow}
            />
          ))}
        </div>
      )}
    </div>
  );
}
