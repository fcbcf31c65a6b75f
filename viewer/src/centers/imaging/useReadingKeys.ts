import { useTranslation } from 'react-i18next';
import type { ToolKey } from '../../panes/cornerstone/toolGroup.ts';
import type { WindowPreset } from '../../panes/study/presets.ts';
import { useKeys, type KeyMap } from '../../shell/useKeys.ts';
import { toolShortcuts } from './toolbar/tools.tsx';
import type { ToolbarActs } from './toolbar/ToolbarActs.ts';
import { scrollBy, scrollTo } from './viewportActs.ts';

interface Input {
  toolbar: ToolbarActs;
  presets: readonly WindowPreset[];
  activeId: string;
  step: (by: number) => void;
  next: () => void;
  single: () => void;
  linkAll: () => void;
  /** What Escape ends before it leaves the case; null where nothing is going on. */
  end: (() => void) | null;
}

/** The whole reading by keyboard. */
export function useReadingKeys({
  toolbar,
  presets,
  activeId,
  step,
  next,
  single,
  linkAll,
  end,
}: Input): void {
  const { t } = useTranslation('imaging');
  const keys: KeyMap = {
    arrowdown: { label: t('keys.nextImage'), run: () => scrollBy(activeId, 1) },
    arrowup: { label: t('keys.previousImage'), run: () => scrollBy(activeId, -1) },
    pagedown: { label: t('keys.tenOn'), run: () => scrollBy(activeId, 10) },
    pageup: { label: t('keys.tenBack'), run: () => scrollBy(activeId, -10) },
    home: { label: t('keys.firstImage'), run: () => scrollTo(activeId, 0) },
    end: { label: t('keys.lastImage'), run: () => scrollTo(activeId, -1) },
    arrowright: { label: t('keys.nextSeries'), run: () => step(1) },
    arrowleft: { label: t('keys.previousSeries'), run: () => step(-1) },
    n: { label: t('keys.nextViewport'), run: next },
    '1': { label: t('keys.single'), run: single },
    '0': { label: t('window.default'), run: toolbar.defaultWindow },
    '9': { label: t('window.fit'), run: toolbar.fitWindow },
    i: { label: t('view.invert'), run: toolbar.invert },
    h: { label: t('view.flipHorizontal'), run: () => toolbar.flip('horizontal') },
    v: { label: t('view.flipVertical'), run: () => toolbar.flip('vertical') },
    '.': { label: t('view.rotate'), run: toolbar.rotate },
    space: { label: t('view.reset'), run: toolbar.reset },
    k: { label: t('view.keyImage'), run: toolbar.keyImage },
    x: { label: t('view.link'), run: linkAll },
    c: { label: t('view.locate'), run: toolbar.locate },
    'shift+c': { label: t('calibration.title'), run: toolbar.calibrate },
    'shift+r': { label: t('tool.ratio'), run: toolbar.ratio },
    y: { label: t('view.showLines'), run: toolbar.lines },
    o: { label: t('view.overlay'), run: toolbar.overlay },
    'shift+v': { label: t('view.planes'), run: toolbar.planes },
    q: { label: t('cine.play'), run: toolbar.cine },
    'shift+m': { label: t('mpr.label'), run: toolbar.mpr },
    delete: { label: t('view.remove'), run: toolbar.remove },
    'ctrl+z': { label: t('shell:action.undo'), run: toolbar.undo },
    'ctrl+y': { label: t('shell:action.redo'), run: toolbar.redo },
  };
  for (const [tool, key] of Object.entries(toolShortcuts))
    keys[key] = { label: t(`tool.${tool}`), run: () => toolbar.tool(tool as ToolKey) };
  for (const preset of presets)
    keys[preset.key] = { label: t(`window.${preset.name}`), run: () => toolbar.preset(preset) };
  if (presets.some((preset) => preset.key === '1')) keys.g = { label: t('keys.single'), run: single };
  if (end) keys.escape = { label: t('keys.end'), run: end };
  useKeys(keys);
}
