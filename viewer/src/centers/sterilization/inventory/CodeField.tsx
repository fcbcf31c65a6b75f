import { Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../../api/client.ts';
import { problemText } from '../problemText.ts';
import type { ReadCode } from '../types.ts';

/** A code as scanned; on leaving the field it says what the code holds: GRAI, GIAI, GTIN, serial number, lot, dates. */
export function CodeField({
  value,
  onChange,
  onRead,
}: {
  value?: string;
  onChange?: (text: string) => void;
  onRead?: (read: ReadCode) => void;
}) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const [read, setRead] = useState<ReadCode | null>(null);
  const [problem, setProblem] = useState('');
  const look = async () => {
    setRead(null);
    setProblem('');
    if (!value) return;
    try {
      const found = await get<ReadCode>(`/api/sterilization/code?text=${encodeURIComponent(value)}`);
      setRead(found);
      onRead?.(found);
    } catch (error) {
      setProblem(problemText(error, t));
    }
  };
  const gs1 = read?.gs1;
  const parts = gs1
    ? (['gtin', 'serialNumber', 'lot', 'producedOn', 'expiresOn', 'grai', 'giai'] as const).flatMap((name) =>
        gs1[name] ? [`${t(`gs1.${name}`)} ${gs1[name]}`] : [],
      )
    : [];
  return (
    <>
      <Input
        value={value ?? ''}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange?.(event.target.value)}
        onBlur={() => void look()}
        onPressEnter={(event) => {
          event.preventDefault();
          void look();
        }}
      />
      {problem && <p className="hub-tone-breach">{problem}</p>}
      {read?.known && (
        <p className="hub-tone-warn">{t(`inventory.known.${read.known}`, { code: read.key })}</p>
      )}
      {parts.length > 0 && <p className="hub-quiet">{parts.join(' · ')}</p>}
      {gs1?.warnings.map((warning) => (
        <p key={warning} className="hub-tone-warn">
          {t(`gs1.${warning}`)}
        </p>
      ))}
    </>
  );
}
