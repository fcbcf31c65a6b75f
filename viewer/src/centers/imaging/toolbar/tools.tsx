import {
  AimOutlined,
  BgColorsOutlined,
  BorderOuterOutlined,
  ColumnWidthOutlined,
  DragOutlined,
  EditOutlined,
  RadiusUprightOutlined,
  ScissorOutlined,
  SearchOutlined,
  VerticalAlignMiddleOutlined,
  ZoomInOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';
import { measuring, type ToolKey } from '../../../panes/cornerstone/toolGroup.ts';
import { foldAt } from './useFold.ts';

export const toolShortcuts: Record<ToolKey, string> = {
  window: 'w',
  region: 'shift+w',
  pan: 'p',
  zoom: 'z',
  magnify: 'm',
  scroll: 's',
  length: 'l',
  bidirectional: 'b',
  angle: 'a',
  cobb: 'shift+a',
  ellipse: 'e',
  rectangle: 'r',
  freehand: 'f',
  probe: 'd',
  arrow: 't',
};

const icons: Partial<Record<ToolKey, ReactNode>> = {
  window: <BgColorsOutlined />,
  pan: <DragOutlined />,
  zoom: <ZoomInOutlined />,
  magnify: <SearchOutlined />,
  scroll: <VerticalAlignMiddleOutlined />,
  length: <ColumnWidthOutlined />,
  angle: <RadiusUprightOutlined />,
  ellipse: <AimOutlined />,
  rectangle: <BorderOuterOutlined />,
  arrow: <EditOutlined />,
  freehand: <ScissorOutlined />,
};
export const toolIcon = (key: ToolKey): ReactNode => icons[key] ?? <EditOutlined />;

/** Tools with a button of their own, and the step of folding at which each goes into the menu of further tools. */
const direct: readonly (readonly [ToolKey, number])[] = [
  ['window', Infinity],
  ['scroll', Infinity],
  ['zoom', foldAt.all],
  ['pan', foldAt.all],
  ['magnify', foldAt.tools],
  ['length', foldAt.all],
  ['angle', foldAt.tools],
  ['ellipse', foldAt.tools],
];

/** Which tools stand as buttons at a step of folding, and which in the menu. */
export function placeTools(fold: number): { buttons: ToolKey[]; menu: ToolKey[] } {
  const buttons = direct.filter(([, at]) => fold < at).map(([key]) => key);
  const all: ToolKey[] = [...direct.map(([key]) => key), ...measuring, 'region'];
  return { buttons, menu: [...new Set(all)].filter((key) => !buttons.includes(key)) };
}
