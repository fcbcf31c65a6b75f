import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ToolbarActs } from './ToolbarActs.ts';

interface Props {
  acts: ToolbarActs;
  lines: boolean;
  locating: boolean;
  mpr: boolean;
  /** What has no button of its own at this width. */
  with: { turning: boolean; locate: boolean; mpr: boolean };
}

/** How the picture lies and what lies over it. */
export function ViewMenu({ acts, lines, locating, mpr, with: held }: Props) {
  const { t } = useTranslation('imaging');
  const run: Record<string, () => void> = {
    invert: acts.invert,
    rotate: acts.rotate,
    horizontal: () => acts.flip('horizontal'),
    vertical: () => acts.flip('vertical'),
    actual: acts.actualSize,
    locate: acts.locate,
    mpr: acts.mpr,
    lines: acts.lines,
    overlay: acts.overlay,
    planes: acts.planes,
  };
  const on = [...(held.locate && locating ? ['locate'] : []), ...(held.mpr && mpr ? ['mpr'] : [])];
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          ...(held.turning
            ? [
                { key: 'invert', label: `${t('view.invert')} (I)` },
                { key: 'rotate', label: `${t('view.rotate')} (.)` },
                { key: 'horizontal', label: `${t('view.flipHorizontal')} (H)` },
              ]
            : []),
          { key: 'vertical', label: `${t('view.flipVertical')} (V)` },
          { key: 'actual', label: `${t('view.actualSize')} (1:1)` },
          ...(held.locate ? [{ key: 'locate', label: `${t('view.locate')} (C)` }] : []),
          ...(held.mpr ? [{ key: 'mpr', label: `${t('mpr.label')} (SHIFT+M)` }] : []),
          { type: 'divider' as const },
          { key: 'lines', label: `${t(lines ? 'view.hideLines' : 'view.showLines')} (Y)` },
          { key: 'overlay', label: `${t('view.overlay')} (O)` },
          { key: 'planes', label: `${t('view.planes')} (SHIFT+V)` },
        ],
        selectedKeys: on,
        onClick: ({ key }) => run[key]?.(),
      }}
    >
      <Button size="small" type={on.length > 0 ? 'primary' : 'text'}>
        {t('view.label')}
      </Button>
    </Dropdown>
  );
}
