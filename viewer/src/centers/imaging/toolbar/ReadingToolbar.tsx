import {
  BlockOutlined,
  DeleteOutlined,
  EnvironmentOutlined,
  RedoOutlined,
  RotateRightOutlined,
  SwapOutlined,
  UndoOutlined,
} from '@ant-design/icons';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ToolKey } from '../../../panes/cornerstone/toolGroup.ts';
import type { WindowPreset } from '../../../panes/study/presets.ts';
import type { Layout } from '../hanging.ts';
import type { SliceBell } from '../sliceBell.ts';
import type { LinkKind } from '../useLinks.ts';
import { CineButtons } from './CineButtons.tsx';
import { KeyImageButton } from './KeyImageButton.tsx';
import { LayoutPicker } from './LayoutPicker.tsx';
import { LinkMenu } from './LinkMenu.tsx';
import { ToolButton } from './ToolButton.tsx';
import { ToolMenu } from './ToolMenu.tsx';
import { placeTools, toolIcon, toolShortcuts } from './tools.tsx';
import type { ToolbarActs } from './ToolbarActs.ts';
import { foldAt, useFold } from './useFold.ts';
import { ViewMenu } from './ViewMenu.tsx';
import { WindowMenu } from './WindowMenu.tsx';

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
  slices: SliceBell;
  isKeyImage: () => boolean;
  children?: ReactNode;
}

/**
 * Tools, windows, view, layout in one row: what has no room stands in the menus of tools and view. Every act has a
 * key; `?` lists them.
 */
export function ReadingToolbar(props: Props) {
  const { t } = useTranslation(['imaging', 'shell']);
  const { acts, tool } = props;
  const { bar, end, fold } = useFold();
  const { buttons, menu } = placeTools(fold);
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
      {buttons.map((key) => (
        <ToolButton
          key={key}
          label={t(`tool.${key}`)}
          shortcut={toolShortcuts[key]}
          on={tool === key}
          icon={toolIcon(key)}
          onClick={() => acts.tool(key)}
        />
      ))}
      <ToolMenu
        acts={acts}
        tool={tool}
        tools={menu}
        measuringRatio={props.measuringRatio}
        withActs={actsFolded}
      />
      <span className="hub-tools-gap" />
      <WindowMenu acts={acts} presets={props.presets} />
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
      <KeyImageButton slices={props.slices} isKeyImage={props.isKeyImage} onClick={acts.keyImage} />
      <LinkMenu acts={acts} linked={props.linked} />
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
      <ViewMenu
        acts={acts}
        lines={props.lines}
        locating={props.locating}
        mpr={props.mpr}
        with={{ turning: viewFolded, locate: actsFolded, mpr: allFolded && hasMpr }}
      />
      {props.hasCine && <CineButtons acts={acts} playing={props.playing} rate={props.rate} />}
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
