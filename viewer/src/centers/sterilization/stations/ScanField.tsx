import { Input, type InputRef } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useScanner } from '../../../shell/useScanner.ts';

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
