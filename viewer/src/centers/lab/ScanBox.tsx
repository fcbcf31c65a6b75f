import { Input, type InputRef } from 'antd';
import { useRef, useState } from 'react';
import { useScanner } from '../../shell/useScanner.ts';

/** A field that a scanner or a hand fills; Enter sends it and the field is ready for the next. */
export function ScanBox({
  label,
  onCode,
  busy,
}: {
  label: string;
  onCode: (code: string) => void;
  busy?: boolean;
}) {
  const [text, setText] = useState('');
  const field = useRef<InputRef>(null);
  const send = (code: string) => {
    const clean = code.trim().toUpperCase();
    setText('');
    if (clean) onCode(clean);
    field.current?.focus();
  };
  useScanner(send);
  return (
    <Input
      ref={field}
      className="lab-scan"
      autoFocus
      allowClear
      disabled={busy ?? false}
      value={text}
      placeholder={label}
      aria-label={label}
      onChange={(event) => setText(event.target.value)}
      onPressEnter={() => send(text)}
    />
  );
}
