import { StarOutlined } from '@ant-design/icons';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { SliceBell } from '../sliceBell.ts';
import { ToolButton } from './ToolButton.tsx';

interface Props {
  slices: SliceBell;
  /** Whether the image that is shown is a key image. */
  isKeyImage: () => boolean;
  onClick: () => void;
}

/** Follows the slice by itself: the rest of the bar stands still while somebody scrolls. */
export function KeyImageButton({ slices, isKeyImage, onClick }: Props) {
  const { t } = useTranslation('imaging');
  const on = useSyncExternalStore(slices.listen, isKeyImage);
  return (
    <ToolButton label={t('view.keyImage')} shortcut="k" on={on} icon={<StarOutlined />} onClick={onClick} />
  );
}
