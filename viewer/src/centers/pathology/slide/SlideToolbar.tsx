import { Button, Dropdown, Segmented, Select, Space, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../../shell/format.ts';
import type { Tool } from './AnnotationLayer.tsx';
import { magnifications, nativeMagnification } from './scale.ts';
import type { OpenWindow } from './SlideWindow.tsx';
import { TeachingMark } from './TeachingMark.tsx';
import type { View } from './viewActs.ts';
import { goTo, magnify, rotate } from './viewActs.ts';

interface Props {
  window: OpenWindow | null;
  tool: Tool;
  onTool: (tool: Tool) => void;
  fieldArea: number;
  onFieldArea: (squareMillimetre: number) => void;
  windows: number;
  onWindows: (count: number) => void;
  tied: boolean;
  onTied: (tied: boolean) => void;
  history: (View & { at: string })[];
  canWrite: boolean;
  onSnapshot: () => void;
  onLabel: () => void;
}

const tools: Tool[] = ['pan', 'length', 'area', 'rectangle', 'point', 'mitosis'];
/** Stated areas of a mitotic count in mm²: 10 fields of 0.196 and 0.237 mm², and 2 mm² (WHO). */
const fieldAreas = [1.96, 2, 2.37, 5];

/** After a click the keys belong to the slide again, not to the row of choices that was clicked. */
const leave = () =>
  requestAnimationFrame(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });

/** At which magnification a remembered view stands in this window: views of one place differ by it. */
function magnificationAt(open: OpenWindow | null, { width }: View): string | undefined {
  const native = open && nativeMagnification(open.slide);
  if (!open || !native) return undefined;
  const magnification = (native * open.viewer.viewport.getContainerSize().x) / width;
  return `${magnification.toFixed(magnification < 9.95 ? 1 : 0)}×`;
}

/** Magnification, rotation, tools, windows side by side, snapshots. */
export function SlideToolbar(props: Props) {
  const { t } = useTranslation('pathology');
  const { window: open, tool, canWrite } = props;
  const off = open === null;
  return (
    <div className="path-toolbar" role="toolbar" aria-label={t('slide.toolbar')}>
      <Space.Compact>
        <Button size="small" disabled={off} onClick={() => open?.viewer.viewport.goHome()}>
          {t('slide.whole')}
        </Button>
        {magnifications.map((magnification) => (
          <Button
            key={magnification}
            size="small"
            disabled={off}
            onClick={() => open && magnify(open.viewer, open.slide, magnification)}
          >
            {magnification}×
          </Button>
        ))}
      </Space.Compact>
      <Space.Compact>
        <Tooltip title={t('slide.rotateLeft')}>
          <Button
            size="small"
            disabled={off}
            aria-label={t('slide.rotateLeft')}
            onClick={() => open && rotate(open.viewer, -15)}
          >
            ↺
          </Button>
        </Tooltip>
        <Tooltip title={t('slide.rotateRight')}>
          <Button
            size="small"
            disabled={off}
            aria-label={t('slide.rotateRight')}
            onClick={() => open && rotate(open.viewer, 15)}
          >
            ↻
          </Button>
        </Tooltip>
      </Space.Compact>
      <span onPointerUp={leave}>
        <Segmented
          size="small"
          value={tool}
          disabled={off}
          aria-label={t('slide.tool')}
          options={(canWrite ? tools : tools.slice(0, 1)).map((each) => ({
            value: each,
            label: t(`tool.${each}`),
          }))}
          onChange={props.onTool}
        />
      </span>
      {tool === 'mitosis' && (
        <Select
          size="small"
          aria-label={t('slide.fieldArea')}
          value={props.fieldArea}
          options={fieldAreas.map((area) => ({ value: area, label: `${area} mm²` }))}
          onChange={props.onFieldArea}
        />
      )}
      <span onPointerUp={leave}>
        <Segmented
          size="small"
          aria-label={t('slide.windows')}
          value={props.windows}
          options={[1, 2, 4].map((count) => ({ value: count, label: t('slide.windowCount', { count }) }))}
          onChange={props.onWindows}
        />
      </span>
      <Button
        size="small"
        type={props.tied ? 'primary' : 'default'}
        aria-pressed={props.tied}
        disabled={props.windows < 2}
        onClick={() => props.onTied(!props.tied)}
      >
        {t('slide.sync')}
      </Button>
      <Dropdown
        trigger={['click']}
        disabled={off || props.history.length === 0}
        menu={{
          style: { maxHeight: 320, overflow: 'auto' },
          items: props.history.slice(0, 40).map((view, n) => ({
            key: String(n),
            label: [
              dateTime(view.at),
              magnificationAt(open, view),
              `${Math.round(view.x)}, ${Math.round(view.y)}`,
            ]
              .filter(Boolean)
              .join(' · '),
          })),
          onClick: ({ key }) => {
            const view = props.history[Number(key)];
            if (view && open) goTo(open.viewer, view);
          },
        }}
      >
        <Button size="small">{t('slide.history')}</Button>
      </Dropdown>
      {open && open.slide.focalPlanes > 1 && (
        <Space.Compact>
          <Button
            size="small"
            aria-label={t('slide.focusDown')}
            disabled={open.look.plane === 0}
            onClick={() => open.setLook({ ...open.look, plane: open.look.plane - 1 })}
          >
            −
          </Button>
          <Button size="small" className="hub-num" disabled>
            {t('slide.focus', { plane: open.look.plane + 1, count: open.slide.focalPlanes })}
          </Button>
          <Button
            size="small"
            aria-label={t('slide.focusUp')}
            disabled={open.look.plane === open.slide.focalPlanes - 1}
            onClick={() => open.setLook({ ...open.look, plane: open.look.plane + 1 })}
          >
            +
          </Button>
        </Space.Compact>
      )}
      {open?.slide.colorProfile && (
        <Tooltip title={t('slide.colorHint')}>
          <Button
            size="small"
            type={open.look.corrected ? 'primary' : 'default'}
            aria-pressed={open.look.corrected}
            onClick={() => open.setLook({ ...open.look, corrected: !open.look.corrected })}
          >
            {t('slide.color')}
          </Button>
        </Tooltip>
      )}
      {canWrite && (
        <Button size="small" disabled={off} onClick={props.onSnapshot}>
          {t('slide.snapshot')}
        </Button>
      )}
      <Button
        size="small"
        disabled={off || !open?.slide.associated.includes('label')}
        onClick={props.onLabel}
      >
        {t('slide.label')}
      </Button>
      {canWrite && open && <TeachingMark slide={open.slide} />}
    </div>
  );
}
