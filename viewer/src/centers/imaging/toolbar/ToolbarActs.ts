import type { ToolKey } from '../../../panes/cornerstone/toolGroup.ts';
import type { WindowPreset } from '../../../panes/study/presets.ts';
import type { Layout } from '../hanging.ts';
import type { LinkKind } from '../useLinks.ts';

/** What the toolbar and the keys of the reading room do. */
export interface ToolbarActs {
  tool: (key: ToolKey) => void;
  preset: (preset: WindowPreset) => void;
  defaultWindow: () => void;
  fitWindow: () => void;
  invert: () => void;
  flip: (axis: 'horizontal' | 'vertical') => void;
  rotate: () => void;
  actualSize: () => void;
  reset: () => void;
  undo: () => void;
  redo: () => void;
  remove: () => void;
  layout: (layout: Layout) => void;
  rememberLayout: () => void;
  editHanging: () => void;
  link: (kinds: readonly LinkKind[]) => void;
  /** Points at a place of the patient in all viewports. */
  locate: () => void;
  calibrate: () => void;
  /** Cardiothoracic ratio in two strokes. */
  ratio: () => void;
  lines: () => void;
  overlay: () => void;
  /** Overlay planes of the images (60xx). */
  planes: () => void;
  keyImage: () => void;
  cine: () => void;
  mpr: () => void;
  rate: (framesPerSecond: number) => void;
}
