import { Alert, Input, Modal } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from './problemText.ts';

interface Props {
  open: boolean;
  title: string;
  okText: string;
  /** What will happen, and what is asked besides the PIN. */
  children?: ReactNode;
  /** False while what is asked besides is missing. */
  ready?: boolean;
  danger?: boolean;
  width?: number;
  /** Throws when refused: the dialog stays open with the sentence. */
  onOk: (pin: string) => Promise<unknown>;
  onClose: () => void;
}

/** An act with the signing PIN: says what happens, keeps what was typed when it is refused. */
export function PinDialog({
  open,
  title,
  okText,
  children,
  ready = true,
  danger = false,
  width = 520,
  onOk,
  onClose,
}: Props) {
  const { t } = useTranslation(['lab', 'shell']);
  const [pin, setPin] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const close = () => {
    setPin('');
    setFailure(null);
    onClose();
  };
  const run = async () => {
    if (!pin || !ready || busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await onOk(pin);
      close();
    } catch (error) {
      setFailure(problemText(error, t));
      setPin('');
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open={open}
      title={title}
      width={width}
      okText={okText}
      okButtonProps={{ danger, disabled: !pin || !ready, loading: busy }}
      onOk={() => void run()}
      onCancel={close}
      destroyOnHidden
    >
      <div className="lab-stack">
        {children}
        {failure && <Alert type="error" showIcon title={failure} />}
        <Input.Password
          autoComplete="off"
          inputMode="numeric"
          visibilityToggle={false}
          aria-label="PIN"
          placeholder="PIN"
          value={pin}
          onChange={(event) => setPin(event.target.value)}
          onPressEnter={() => void run()}
        />
      </div>
    </Modal>
  );
}
