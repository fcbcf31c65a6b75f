import { PauseCircleOutlined, PlayCircleOutlined } from '@ant-design/icons';
import { InputNumber } from 'antd';
import { useTranslation } from 'react-i18next';
import { ToolButton } from './ToolButton.tsx';
import type { ToolbarActs } from './ToolbarActs.ts';

/** Starts and stops the film; its rate while it runs. */
export function CineButtons({ acts, playing, rate }: { acts: ToolbarActs; playing: boolean; rate: number }) {
  const { t } = useTranslation('imaging');
  return (
    <>
      <ToolButton
        label={playing ? t('cine.stop') : t('cine.play')}
        shortcut="q"
        on={playing}
        icon={playing ? <PauseCircleOutlined /> : <PlayCircleOutlined />}
        onClick={acts.cine}
      />
      {playing && (
        <InputNumber
          size="small"
          min={1}
          max={60}
          value={rate}
          onChange={(value) => value && acts.rate(value)}
          aria-label={t('cine.rate')}
          suffix="fps"
          style={{ width: 78 }}
        />
      )}
    </>
  );
}
