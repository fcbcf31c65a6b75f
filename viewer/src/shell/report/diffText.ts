export interface DiffPart {
  kind: 'same' | 'added' | 'removed';
  text: string;
}

/** Splits at sentence ends and line breaks, so that a difference reads as sentences and not as letters. */
function sentences(text: string): string[] {
  return text.match(/[^。；;.\n]*[。；;.\n]?/g)?.filter((part) => part !== '') ?? [];
}

/** Longest common subsequence over sentences; reports are short enough for the plain table. */
export function diffText(before: string, after: string): DiffPart[] {
  const a = sentences(before);
  const b = sentences(after);
  const width = b.length + 1;
  const length = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => length[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      length[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const parts: DiffPart[] = [];
  const push = (kind: DiffPart['kind'], text: string) => {
    const last = parts.at(-1);
    if (last?.kind === kind) last.text += text;
    else parts.push({ kind, text });
  };
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const old = a[i];
    const fresh = b[j];
    if (old !== undefined && old === fresh) {
      push('same', old);
      i += 1;
      j += 1;
    } else if (old !== undefined && (fresh === undefined || at(i + 1, j) >= at(i, j + 1))) {
      push('removed', old);
      i += 1;
    } else {
      push('added', fresh ?? '');
      j += 1;
    }
  }
  return parts;
}
