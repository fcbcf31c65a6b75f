import { describe, expect, test } from 'vitest';

type Palette = Record<string, string>;
const source: string = '../../viewer/src/shell/theme.ts';
(globalThis as unknown as Record<string, unknown>)['matchMedia'] = () => ({ matches: false });
const { palette, cssVariables, chartColors } = (await import(source)) as {
  palette: Record<'light' | 'dark', Palette>;
  cssVariables(mode: 'light' | 'dark'): Record<string, string>;
  chartColors: readonly string[];
};

/** Relative luminance of a colour (WCAG 2.2). */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

describe.each(['light', 'dark'] as const)('colours of a %s page', (mode) => {
  const colours = palette[mode];
  const of = (name: string) => colours[name] ?? '';
  test.each(['text', 'quiet', 'waiting', 'inHand', 'warn', 'breach', 'done', 'primary'])(
    '%s is read on each ground (4.5 : 1)',
    (name) => {
      for (const ground of ['page', 'surface', 'raised'])
        expect(contrast(of(name), of(ground)), ground).toBeGreaterThanOrEqual(4.5);
    },
  );
  test.each([
    ['warn', 'warnFill'],
    ['breach', 'breachFill'],
    ['done', 'doneFill'],
    ['text', 'selected'],
    ['text', 'warnFill'],
    ['text', 'breachFill'],
  ])('%s is read on %s', (name, ground) =>
    expect(contrast(of(name), of(ground))).toBeGreaterThanOrEqual(4.5),
  );
  test('plain CSS has the same tokens', () => {
    expect(Object.entries(cssVariables(mode))).toEqual(
      Object.entries(colours).map(([name, value]) => [`--hub-${name}`, value]),
    );
  });
});

test('no two series of a chart look the same', () =>
  expect(new Set(chartColors).size).toBe(chartColors.length));
