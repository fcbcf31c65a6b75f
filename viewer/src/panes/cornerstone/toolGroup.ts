import { engineId, tools } from './engine.ts';
import { holdMeasurementsInside } from './holdMeasurements.ts';
import { LensTool, PointTool, RegionWindowTool, SliceWheelTool } from './ownTools.ts';
import { regionLines } from './regionLines.ts';

/** Tools of the left mouse button, in the order of the toolbar. */
export const toolNames = {
  window: tools.WindowLevelTool.toolName,
  region: tools.WindowLevelRegionTool.toolName,
  pan: tools.PanTool.toolName,
  zoom: tools.ZoomTool.toolName,
  magnify: tools.MagnifyTool.toolName,
  scroll: tools.StackScrollTool.toolName,
  length: tools.LengthTool.toolName,
  bidirectional: tools.BidirectionalTool.toolName,
  angle: tools.AngleTool.toolName,
  cobb: tools.CobbAngleTool.toolName,
  ellipse: tools.EllipticalROITool.toolName,
  rectangle: tools.RectangleROITool.toolName,
  freehand: tools.PlanarFreehandROITool.toolName,
  probe: tools.ProbeTool.toolName,
  arrow: tools.ArrowAnnotateTool.toolName,
} as const;
export type ToolKey = keyof typeof toolNames;
export const measuring: readonly ToolKey[] = [
  'length',
  'bidirectional',
  'angle',
  'cobb',
  'ellipse',
  'rectangle',
  'freehand',
  'probe',
  'arrow',
];

const groupId = 'reading';
const { MouseBindings, KeyboardBindings } = tools.Enums;
let askLabel: (done: (label: string) => void) => void = (done) => done('');

/** The dialog that asks for the text of an arrow. */
export function onAskLabel(ask: typeof askLabel): void {
  askLabel = ask;
}

/** Chosen before the group is there, it stands when the group comes. */
let active: ToolKey = 'window';

function createGroup() {
  for (const tool of [
    tools.WindowLevelTool,
    RegionWindowTool,
    tools.PanTool,
    tools.ZoomTool,
    LensTool,
    SliceWheelTool,
    tools.LengthTool,
    tools.BidirectionalTool,
    tools.AngleTool,
    tools.CobbAngleTool,
    tools.EllipticalROITool,
    tools.RectangleROITool,
    tools.PlanarFreehandROITool,
    PointTool,
    tools.ArrowAnnotateTool,
    tools.ReferenceLinesTool,
  ]) {
    tools.addTool(tool);
  }
  const group = tools.ToolGroupManager.createToolGroup(groupId);
  if (!group) throw new Error('the tool group exists already');
  for (const [key, name] of Object.entries(toolNames)) {
    const settings =
      key === 'arrow'
        ? {
            getTextCallback: (done: (label: string) => void) => askLabel(done),
            changeTextCallback: (_data: unknown, _event: unknown, done: (label: string) => void) =>
              askLabel(done),
          }
        : key === 'freehand'
          ? { calculateStats: true, allowOpenContours: false, getTextLines: regionLines }
          : key === 'ellipse' || key === 'rectangle'
            ? { getTextLines: regionLines }
            : key === 'magnify'
              ? { magnifySize: 5 }
              : key === 'scroll'
                ? { debounceIfNotLoaded: false } // a preview is there at once
                : {};
    group.addTool(name, settings);
  }
  group.addTool(tools.ReferenceLinesTool.toolName, { sourceViewportId: '' });
  group.setToolActive(toolNames.scroll, { bindings: [{ mouseButton: MouseBindings.Wheel }] });
  chooseTool(active);
  holdMeasurementsInside();
  return group;
}

export function readingTools() {
  return tools.ToolGroupManager.getToolGroup(groupId) ?? createGroup();
}

/**
 * Gives the tools to a viewport that shows a picture. Earlier, without a graphics card, they fail on measurements that come
 * back before the first picture does, and after such an error Cornerstone draws no measurement any more.
 */
export function addViewport(viewportId: string): void {
  readingTools().addViewport(viewportId, engineId);
}

export function removeViewport(viewportId: string): void {
  tools.ToolGroupManager.getToolGroup(groupId)?.removeViewports(engineId, viewportId);
}

/** Gives the left button and one finger to one tool; wheel scrolls, middle pans, right and two fingers zoom, always. */
export function chooseTool(key: ToolKey): void {
  active = key;
  const group = tools.ToolGroupManager.getToolGroup(groupId);
  if (!group) return;
  for (const name of Object.values(toolNames)) group.setToolPassive(name, { removeAllBindings: true });
  const extra: Partial<
    Record<ToolKey, { mouseButton?: number; modifierKey?: number; numTouchPoints?: number }[]>
  > = {
    pan: [
      { mouseButton: MouseBindings.Auxiliary },
      { mouseButton: MouseBindings.Primary, modifierKey: KeyboardBindings.Shift },
    ],
    zoom: [
      { mouseButton: MouseBindings.Secondary },
      { mouseButton: MouseBindings.Primary, modifierKey: KeyboardBindings.Ctrl },
      { numTouchPoints: 2 },
    ],
    scroll: [{ mouseButton: MouseBindings.Wheel }],
  };
  for (const each of new Set<ToolKey>(['pan', 'zoom', 'scroll', key])) {
    const bindings = [
      ...(extra[each] ?? []),
      ...(each === key ? [{ mouseButton: MouseBindings.Primary }] : []),
    ];
    group.setToolActive(toolNames[each], { bindings });
  }
}

export function activeTool(): ToolKey {
  return active;
}

/** Lines of the slices of the active viewport in the others. */
export function showReferenceLines(on: boolean, sourceViewportId: string): void {
  const group = readingTools();
  const name = tools.ReferenceLinesTool.toolName;
  if (!on) {
    group.setToolDisabled(name);
    return;
  }
  group.setToolConfiguration(name, { sourceViewportId });
  group.setToolEnabled(name);
}
