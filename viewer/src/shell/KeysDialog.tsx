import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { activeKeys } from './useKeys.ts';

const shown: Record<string, string> = {
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  enter: 'Enter',
  escape: 'Esc',
  space: '␣',
};

function pretty(name: string): string[] {
  if (name === '+') return ['+'];
  return name
    .split('+')
    .map(
      (part) =>
        shown[part] ??
        (part.length === 1 ? part.toUpperCase() : part.charAt(0).toUpperCase() + part.slice(1)),
    );
}

/** The keys of the page. */
export function KeysDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('shell');
  return (
    <Modal open={open} title={t('keys.title')} footer={null} onCancel={onClose} destroyOnHidden width={520}>
      <dl className="hub-keys">
        {open &&
          activeKeys().map(([name, action]) => (
            <div key={name}>
              <dt>
                {pretty(name).map((part) => (
                  <kbd key={part}>{part}</kbd>
                ))}
              </dt>
              <dd>{action.label}</dd>
            </div>
          ))}
      </dl>
    </Modal>
  );
}
