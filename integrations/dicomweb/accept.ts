/** One media range of an Accept header, with its parameters in lower-case names. */
export interface MediaRange {
  /** `multipart/related` or a plain type; for multipart the `type` parameter is what counts. */
  multipart: boolean;
  type: string;
  transferSyntax: string | undefined;
  quality: number;
}

const mostKnown = 100;
const known = new Map<string, readonly MediaRange[]>();

/** Media ranges of Accept (and of the query parameter `accept`, PS3.18 §8.3.3.1), best first. A client says the same each time. */
export function readAccept(header = '*/*'): readonly MediaRange[] {
  const before = known.get(header);
  if (before) return before;
  const ranges = parseAccept(header);
  if (known.size >= mostKnown) known.clear();
  known.set(header, ranges);
  return ranges;
}

function parseAccept(header: string): readonly MediaRange[] {
  const ranges = splitOutsideQuotes(header, ',').flatMap((part): MediaRange[] => {
    const [name = '', ...rest] = splitOutsideQuotes(part, ';').map((piece) => piece.trim());
    if (!/^[\w*.+-]+\/[\w*.+-]+$/.test(name)) return [];
    const parameters = new Map(
      rest.map((piece) => [
        piece.split('=')[0]?.trim().toLowerCase() ?? '',
        unquote(piece.slice(piece.indexOf('=') + 1).trim()),
      ]),
    );
    const multipart = name.toLowerCase() === 'multipart/related';
    return [
      {
        multipart,
        type: (multipart ? (parameters.get('type') ?? '*/*') : name).toLowerCase(),
        transferSyntax: parameters.get('transfer-syntax'),
        quality: Number(parameters.get('q') ?? 1) || 0,
      },
    ];
  });
  return ranges.filter((range) => range.quality > 0).sort((a, b) => b.quality - a.quality);
}

export function typeFits(range: string, type: string): boolean {
  return range === '*/*' || range === type || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)));
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') quoted = !quoted;
    else if (text[at] === separator && !quoted) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)].slice(0, 50);
}

const unquote = (text: string): string =>
  text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
