import LineBreaker from 'linebreak';
import { printable, textRuns, textWidth } from './textRuns.ts';

/**
 * Breaks a text into lines no wider than `width` points, by the line breaking rules of Unicode (UAX #14: no 。 at the
 * beginning of a line); a word wider than a line is broken anywhere. Line breaks of the text are kept.
 */
export function breakLines(text: string, width: number, size: number, strong = false): string[] {
  return printable(text)
    .split('\n')
    .flatMap((paragraph) => breakParagraph(paragraph, width, size, strong));
}

function breakParagraph(paragraph: string, width: number, size: number, strong: boolean): string[] {
  if (textWidth(paragraph, size, strong) <= width) return [paragraph];
  const lines: string[] = [];
  let line = '';
  let lineWidth = 0;
  for (const word of words(paragraph)) {
    const wordWidth = textWidth(word, size, strong);
    const visibleWidth = word.endsWith(' ') ? textWidth(word.trimEnd(), size, strong) : wordWidth;
    if (line !== '' && lineWidth + visibleWidth > width) {
      lines.push(line.trimEnd());
      line = '';
      lineWidth = 0;
    }
    if (visibleWidth <= width) {
      line += word;
      lineWidth += wordWidth;
      continue;
    }
    for (const sign of word) {
      const signWidth = textWidth(sign, size, strong);
      if (line !== '' && lineWidth + signWidth > width) {
        lines.push(line);
        line = '';
        lineWidth = 0;
      }
      line += sign;
      lineWidth += signWidth;
    }
  }
  lines.push(line.trimEnd());
  return lines;
}

function* words(paragraph: string): Iterable<string> {
  const breaker = new LineBreaker(paragraph);
  let start = 0;
  for (let next = breaker.nextBreak(); next; next = breaker.nextBreak()) {
    yield paragraph.slice(start, next.position);
    start = next.position;
  }
}

/** One line that fits, its end replaced by … when it must be cut. */
export function fitLine(text: string, width: number, size: number, strong = false): string {
  const line = printable(text).replaceAll('\n', ' ');
  if (textWidth(line, size, strong) <= width) return line;
  let kept = '';
  for (const sign of line) {
    if (textWidth(`${kept}${sign}…`, size, strong) > width) break;
    kept += sign;
  }
  return `${kept}…`;
}

/** How many points a line of this size takes. */
export const lineHeight = (size: number): number => size * 1.5;

export { textRuns };
