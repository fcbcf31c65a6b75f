import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import type { WindowPreset } from '../../../panes/study/presets.ts';
import type { ToolbarActs } from './ToolbarActs.ts';

/** Windows of the modality, the device's own, and one from the values of the picture. */
export function WindowMenu({ acts, presets }: { acts: ToolbarActs; presets: readonly WindowPreset[] }) {
  const { t } = useTranslation('imaging');
  const figures = ({ relative, width, center }: WindowPreset) => (relative ? '' : `${width}/${center} `);
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'default', label: `${t('window.default')} (0)` },
          ...presets.map((preset) => ({
            key: preset.key,
            label: `${t(`window.${preset.name}`)} ${figures(preset)}(${preset.key})`,
          })),
          { key: 'fit', label: `${t('window.fit')} (9)` },
        ],
        onClick: ({ key }) => {
          const preset = presets.find((each) => each.key === key);
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
  );
}
