import {
  AimOutlined,
  BgColorsOutlined,
  BlockOutlined,
  BorderOuterOutlined,
  ColumnWidthOutlined,
  DeleteOutlined,
  DragOutlined,
  EditOutlined,
  EnvironmentOutlined,
  LinkOutlined,
  PlayCircleOutlined,
  PauseCircleOutlined,
  RadiusUprightOutlined,
  RedoOutlined,
  RotateRightOutlined,
  ScissorOutlined,
  SearchOutlined,
  StarOutlined,
  SwapOutlined,
  UndoOutlined,
  VerticalAlignMiddleOutlined,
  ZoomInOutlined,
} from '@ant-design/icons';
import { Button, Dropdown, InputNumber, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { measuring, type ToolKey } from '../../panes/cornerstone/toolGroup.ts';
import type { WindowPreset } from '../../panes/study/presets.ts';
import type { Layout } from './hanging.ts';
import { LayoutPicker } from './LayoutPicker.tsx';
import { foldAt, useFold } from './useFold.ts';
import { linkKinds, type LinkKind } from './useLinks.ts';

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

interface Props {
  acts: ToolbarActs;
  tool: ToolKey;
  presets: readonly WindowPreset[];
  layout: Layout;
  linked: ReadonlySet<LinkKind>;
  locating: boolean;
  measuringRatio: boolean;
  lines: boolean;
  playing: boolean;
  rate: number;
  hasCine: boolean;
  mpr: boolean;
  canMpr: boolean;
  isKeyImage: boolean;

  children?: ReactNode;
}

function ToolButton(props: {
  label: string;
  shortcut?: string;
  on?: boolean;
  icon: ReactNode;
  disabled?: boolean;
  onClick: () => void;
}) {
  const title = props.shortcut ? `${props.label} (${props.shortcut.toUpperCase()})` : props.label;
  return (
    <Tooltip title={title} mouseEnterDelay={0.4}>
      <Button
        type={props.on ? 'primary' : 'text'}
        size="small"
        icon={props.icon}
        aria-label={props.label}
        aria-pressed={props.on}
        disabled={props.disabled ?? false}
        onClick={props.onClick}
      />
    </Tooltip>
  );
}

/**
 * Tools, windows, view, layout in one row: what has no room stands in the menus of tools and view. Every act has a
 * key; `?` lists them.
 */
export function ReadingToolbar(props: Props) {
  const { t } = useTranslation(['imaging', 'shell']);
  const { acts } = props;
  const { bar, end, fold } = useFold();
  const shown = direct.filter(([, at]) => fold < at).map(([key]) => key);
  const others = [
    ...direct.map(([key]) => key),
    ...measuring.filter((key) => !direct.some(([each]) => each === key)),
    'region' as const,
  ].filter((key) => !shown.includes(key));
  const viewFolded = fold >= foldAt.view;
  const actsFolded = fold >= foldAt.acts;
  const allFolded = fold >= foldAt.all;
  const hasMpr = props.canMpr || props.mpr;
  return (
    <div
      ref={bar}
      className={allFolded ? 'hub-tools' : 'hub-tools hub-tools-row'}
      role="toolbar"
      aria-label={t('tools')}
    >
      {shown.map((key) => (
        <ToolButton
          key={key}
          label={t(`tool.${key}`)}
          shortcut={toolShortcuts[key]}
          on={props.tool === key}
          icon={icons[key] ?? <EditOutlined />}
          onClick={() => acts.tool(key)}
        />
      ))}
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            ...others.map((key) => ({
              key,
              label: `${t(`tool.${key}`)} (${toolShortcuts[key].toUpperCase()})`,
            })),
            { type: 'divider' as const },
            { key: 'ratio', label: `${t('tool.ratio')} (SHIFT+R)` },
            { key: 'calibrate', label: `${t('calibration.title')} (SHIFT+C)` },
            ...(actsFolded
              ? [
                  { type: 'divider' as const },
                  { key: 'undo', label: `${t('shell:action.undo')} (CTRL+Z)` },
                  { key: 'remove', label: `${t('view.remove')} (DELETE)` },
                ]
              : []),
          ],
          onClick: ({ key }) => {
            if (key === 'ratio') acts.ratio();
            else if (key === 'calibrate') acts.calibrate();
            else if (key === 'undo') acts.undo();
            else if (key === 'remove') acts.remove();
            else acts.tool(key as ToolKey);
          },
        }}
      >
        <Button size="small" type={others.includes(props.tool) || props.measuringRatio ? 'primary' : 'text'}>
          {props.measuringRatio
            ? t('tool.ratio')
            : others.includes(props.tool)
              ? t(`tool.${props.tool}`)
              : t('moreTools')}
        </Button>
      </Dropdown>
      <span className="hub-tools-gap" />
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'default', label: `${t('window.default')} (0)` },
            ...props.presets.map((preset) => ({
              key: preset.key,
              label: `${t(`window.${preset.name}`)} ${preset.relative ? '' : `${preset.width}/${preset.center} `}(${preset.key})`,
            })),
            { key: 'fit', label: `${t('window.fit')} (9)` },
          ],
          onClick: ({ key }) => {
            const preset = props.presets.find((each) => each.key === key);
            if (preset) acts.preset(preset);
            else if (key === 'fit') acts.fitWindow();
            else acts.defaultWindow();
          },
        }}
      >
        <Button size="small" type="text">
          {t('window.label')}
        </Button>
      </Dropdown>
      {!viewFolded && (
        <>
          <ToolButton label={t('view.invert')} shortcut="i" icon={<BlockOutlined />} onClick={acts.invert} />
          <ToolButton
            label={t('view.rotate')}
            shortcut="."
            icon={<RotateRightOutlined />}
            onClick={acts.rotate}
          />
          <ToolButton
            label={t('view.flipHorizontal')}
            shortcut="h"
            icon={<SwapOutlined />}
            onClick={() => acts.flip('horizontal')}
          />
        </>
      )}
      <ToolButton label={t('view.reset')} shortcut="space" icon={<RedoOutlined />} onClick={acts.reset} />
      <span className="hub-tools-gap" />
      {!actsFolded && (
        <>
          <ToolButton
            label={t('shell:action.undo')}
            shortcut="ctrl+z"
            icon={<UndoOutlined />}
            onClick={acts.undo}
          />
          <ToolButton
            label={t('view.remove')}
            shortcut="delete"
            icon={<DeleteOutlined />}
            onClick={acts.remove}
          />
        </>
      )}
      <ToolButton
        label={t('view.keyImage')}
        shortcut="k"
        on={props.isKeyImage}
        icon={<StarOutlined />}
        onClick={acts.keyImage}
      />
      <Dropdown
        trigger={['click']}
        menu={{
          selectedKeys: [...props.linked],
          items: [
            ...linkKinds.map((kind) => ({ key: kind, label: t(`links.${kind}`) })),
            { type: 'divider' as const },
            { key: 'all', label: `${t(props.linked.size > 0 ? 'links.none' : 'links.all')} (X)` },
          ],
          onClick: ({ key }) =>
            acts.link(
              key !== 'all' ? [key as LinkKind] : props.linked.size > 0 ? [...props.linked] : linkKinds,
            ),
        }}
      >
        <Button
          size="small"
          type={props.linked.size > 0 ? 'primary' : 'text'}
          icon={<LinkOutlined />}
          aria-label={t('view.link')}
          title={`${t('view.link')} (X)`}
        />
      </Dropdown>
      {!actsFolded && (
        <ToolButton
          label={t('view.locate')}
          shortcut="c"
          on={props.locating}
          icon={<EnvironmentOutlined />}
          onClick={acts.locate}
        />
      )}
      <LayoutPicker
        layout={props.layout}
        onChoose={acts.layout}
        onRemember={acts.rememberLayout}
        onEdit={acts.editHanging}
      />
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            ...(viewFolded
              ? [
                  { key: 'invert', label: `${t('view.invert')} (I)` },
                  { key: 'rotate', label: `${t('view.rotate')} (.)` },
                  { key: 'horizontal', label: `${t('view.flipHorizontal')} (H)` },
                ]
              : []),
            { key: 'vertical', label: `${t('view.flipVertical')} (V)` },
            { key: 'actual', label: `${t('view.actualSize')} (1:1)` },
            ...(actsFolded ? [{ key: 'locate', label: `${t('view.locate')} (C)` }] : []),
            ...(allFolded && hasMpr ? [{ key: 'mpr', label: `${t('mpr.label')} (SHIFT+M)` }] : []),
            { type: 'divider' as const },
            { key: 'lines', label: `${t(props.lines ? 'view.hideLines' : 'view.showLines')} (Y)` },
            { key: 'overlay', label: `${t('view.overlay')} (O)` },
            { key: 'planes', label: `${t('view.planes')} (SHIFT+V)` },
          ],
          selectedKeys: [
            ...(actsFolded && props.locating ? ['locate'] : []),
            ...(allFolded && props.mpr ? ['mpr'] : []),
          ],
          onClick: ({ key }) => {
            if (key === 'invert') acts.invert();
            else if (key === 'rotate') acts.rotate();
            else if (key === 'horizontal' || key === 'vertical') acts.flip(key);
            else if (key === 'locate') acts.locate();
            else if (key === 'mpr') acts.mpr();
            else if (key === 'lines') acts.lines();
            else if (key === 'overlay') acts.overlay();
            else if (key === 'planes') acts.planes();
            else acts.actualSize();
          },
        }}
      >
        <Button
          size="small"
          type={(actsFolded && props.locating) || (allFolded && props.mpr) ? 'primary' : 'text'}
        >
          {t('view.label')}
        </Button>
      </Dropdown>
      {props.hasCine && (
        <>
          <ToolButton
            label={props.playing ? t('cine.stop') : t('cine.play')}
            shortcut="q"
            on={props.playing}
            icon={props.playing ? <PauseCircleOutlined /> : <PlayCircleOutlined />}
            onClick={acts.cine}
          />
          {props.playing && (
            <InputNumber
              size="small"
              min={1}
              max={60}
              value={props.rate}
              onChange={(value) => value && acts.rate(value)}
              aria-label={t('cine.rate')}
              suffix="fps"
              style={{ width: 78 }}
            />
          )}
        </>
      )}
      {hasMpr && !allFolded && (
        <Button
          size="small"
          type={props.mpr ? 'primary' : 'text'}
          aria-pressed={props.mpr}
          title={`${t('mpr.label')} (SHIFT+M)`}
          onClick={acts.mpr}
        >
          MPR
        </Button>
      )}
      <span className="hub-grow" />
      <div ref={end} className="hub-tools-end">
        {props.children}
      </div>
    </div>
  );
}
