import { Input } from 'antd';
import type { TextAreaRef } from 'antd/es/input/TextArea';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { expandPhrase, matchPhrases, wordBefore, type Phrase } from './expandPhrase.ts';

interface Props {
  id: string;
  value: string;
  onChange: (value: string) => void;
  phrases: readonly Phrase[];
  disabled?: boolean;
  minRows?: number;
  maxRows?: number;
  placeholder?: string;
  onFocus?: () => void;
}

/** Text with phrases by short code: type the code, choose with the arrows, Tab inserts. */
export function PhraseArea({
  id,
  value,
  onChange,
  phrases,
  disabled,
  minRows = 4,
  maxRows = 12,
  placeholder,
  onFocus,
}: Props) {
  const { t } = useTranslation('shell');
  const area = useRef<TextAreaRef>(null);
  const [hits, setHits] = useState<Phrase[]>([]);
  const [at, setAt] = useState(0);

  const element = () => area.current?.resizableTextArea?.textArea;
  const insert = (phrase: Phrase) => {
    const field = element();
    if (!field) return;
    const caret = field.selectionStart;
    const next = expandPhrase(value, caret, wordBefore(value, caret), phrase.body);
    onChange(next.text);
    setHits([]);
    requestAnimationFrame(() => {
      field.focus();
      field.setSelectionRange(next.caret, next.caret);
    });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const chosen = hits[at];
    if (!chosen || event.nativeEvent.isComposing) return;
    if (event.key === 'Tab' && !event.shiftKey) {
      event.preventDefault();
      insert(chosen);
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setAt((i) => (i + (event.key === 'ArrowDown' ? 1 : hits.length - 1)) % hits.length);
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      setHits([]);
    }
  };
  return (
    <div className="hub-phrase-area">
      <Input.TextArea
        id={id}
        ref={area}
        value={value}
        disabled={disabled ?? false}
        placeholder={placeholder ?? ''}
        autoSize={{ minRows, maxRows }}
        onFocus={() => onFocus?.()}
        onBlur={() => setTimeout(() => setHits([]), 150)}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          onChange(event.target.value);
          const word = wordBefore(event.target.value, event.target.selectionStart);
          setHits(word.length >= 2 ? matchPhrases(phrases, word).slice(0, 6) : []);
          setAt(0);
        }}
      />
      {hits.length > 0 && (
        <ul className="hub-phrases" role="listbox" aria-label={t('report.phrases')}>
          {hits.map((phrase, index) => (
            <li
              key={phrase.id}
              role="option"
              aria-selected={index === at}
              onMouseDown={(event) => {
                event.preventDefault();
                insert(phrase);
              }}
            >
              <kbd>{phrase.code}</kbd> {phrase.body}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
