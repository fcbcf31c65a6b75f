import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ToolKey } from '../../../panes/cornerstone/toolGroup.ts';
import type { ToolbarActs } from './ToolbarActs.ts';
import { toolShortcuts } from './tools.tsx';

interface Props {
  acts: ToolbarActs;
  tool: ToolKey;
  /** Tools that have no button. */
  tools: readonly ToolKey[];
  measuringRatio: boolean;
  /** Undo and delete have no button either. */
  withActs: boolean;
}

/** Further tools; its button names the one in hand. */
export function ToolMenu({ acts, tool, tools, measuringRatio, withActs }: Props) {
  const { t } = useTranslation(['imaging', 'shell']);
  const others: Record<string, () => void> = {
    ratio: acts.ratio,
    calibrate: acts.calibrate,
    undo: acts.undo,
    remove: acts.remove,
  };
  const inHand = measuringRatio ? t('tool.ratio') : tools.includes(tool) ? t(`tool.${tool}`) : null;
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          ...tools.map((key) => ({
            key,
            label: `${t(`tool.${key}`)} (${toolShortcuts[key].toUpperCase()})`,
          })),
          { type: 'divider' as const },
          { key: 'ratio', label: `${t('tool.ratio')} (SHIFT+R)` },
          { key: 'calibrate', label: `${t('calibration.title')} (SHIFT+C)` },
          ...(withActs
            ? [
                { type: 'divider' as const },
                { key: 'undo', label: `${t('shell:action.undo')} (CTRL+Z)` },
                { key: 'remove', label: `${t('view.remove')} (DELETE)` },
              ]
            : []),
        ],
        onClick: ({ key }) => {
          const act = others[key];
          if (act) act();
          else acts.tool(key as ToolKey);
        },
      }}
    >
      <Button size="small" type={inHand ? 'primary' : 'text'}>
        {inHand ?? t('moreTools')}
      </Button>
    </Dropdown>
  );
}
