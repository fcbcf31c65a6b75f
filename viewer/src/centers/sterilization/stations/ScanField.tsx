import { Input, type InputRef } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useScanner } from '../../../shell/useScanner.ts';

/** Gives the scan field the focus back, e.g. after a choice from a list. */
export function focusScan(): void {
  setTimeout(() => document.querySelector<HTMLInputElement>('[data-scan-field] input')?.focus());
}

/** Where keys are text of their own: not a button, a row or a list that is only chosen from. */
const takesText = (target: HTMLElement): boolean =>
  target.isContentEditable || target.matches('textarea, input:not([readonly])');

/** A large field that always takes the scanner, wherever the focus is; typing by hand ends with Enter. */
export function ScanField({
  label,
  onCode,
  disabled,
}: {
  label: string;
  onCode: (code: string) => void;
  disabled?: boolean;
}) {
  const [text, setText] = useState('');
  const field = useRef<InputRef>(null);
  const send = (code: string) => {
    const clean = code.trim();
    setText('');
    if (clean !== '') onCode(clean);
  };
  // In the field itself the whole text counts: on a slow machine the gaps between the keys of one scan grow.
  useScanner((code) => {
    const own = field.current?.input;
    send(own && document.activeElement === own && own.value.trim() !== '' ? own.value : code);
  });
  // A scan that begins while a button or a list has the focus goes here from its first character on.
  useEffect(() => {
    const steer = (event: KeyboardEvent) => {
      const { target, key } = event;
      if (disabled || event.ctrlKey || event.altKey || event.metaKey || key.length !== 1 || key === ' ')
        return;
      if (!(target instanceof HTMLElement) || takesText(target) || target.closest('.ant-modal')) return;
      field.current?.focus();
      event.stopPropagation();
    };
    addEventListener('keydown', steer, true);
    return () => removeEventListener('keydown', steer, true);
  }, [disabled]);
  useEffect(() => {
    if (!disabled) field.current?.focus();
  }, [disabled]);
  return (
    <label className="cssd-scan" data-scan-field>
      <span>{label}</span>
      <Input
        ref={field}
        value={text}
        size="large"
        autoComplete="off"
        spellCheck={false}
        disabled={disabled ?? false}
        onChange={(event) => setText(event.target.value)}
        onPressEnter={() => send(text)}
      />
    </label>
  );
}
