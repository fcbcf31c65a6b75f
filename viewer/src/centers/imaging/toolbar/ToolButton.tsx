import { Button, Tooltip } from 'antd';
import type { ReactNode } from 'react';

interface Props {
  label: string;
  shortcut?: string;
  on?: boolean;
  icon: ReactNode;
  onClick: () => void;
}

/** A button of the toolbar: its name and key stand in its tip. */
export function ToolButton({ label, shortcut, on, icon, onClick }: Props) {
  return (
    <Tooltip title={shortcut ? `${label} (${shortcut.toUpperCase()})` : label} mouseEnterDelay={0.4}>
      <Button
        type={on ? 'primary' : 'text'}
        size="small"
        icon={icon}
        aria-label={label}
        aria-pressed={on}
        onClick={onClick}
      />
    </Tooltip>
  );
}
