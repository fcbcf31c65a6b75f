import { theme as antd, type ThemeConfig } from 'antd';

export type Mode = 'light' | 'dark';

/** Colour carries meaning only: waiting, in hand, warn, breach or critical, done. */
export const palette = {
  light: {
    primary: '#1f5fa8',
    page: '#f3f5f7',
    surface: '#ffffff',
    raised: '#f8f9fb',
    line: '#d9dee5',
    text: '#17202b',
    quiet: '#566273',
    waiting: '#5b6675',
    inHand: '#1f5fa8',
    warn: '#8a5300',
    warnFill: '#fff4dc',
    breach: '#b3231b',
    breachFill: '#fdeceb',
    done: '#23702f',
    doneFill: '#e7f4e9',
    selected: '#e3edf8',
  },
  dark: {
    primary: '#5b9be0',
    page: '#101317',
    surface: '#171b20',
    raised: '#1d2228',
    line: '#323a44',
    text: '#c9d1da',
    quiet: '#93a0ae',
    waiting: '#9aa6b3',
    inHand: '#6ea8e8',
    warn: '#e0a43a',
    warnFill: '#33270d',
    breach: '#f0776f',
    breachFill: '#3b1715',
    done: '#6cbf78',
    doneFill: '#15301b',
    selected: '#20303f',
  },
} as const;

/** Order of series in charts; told apart with red-green weakness too (Okabe and Ito). */
export const chartColors = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#f0e442',
] as const;

export const fontFamily =
  '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",system-ui,sans-serif';

/** Compact spacing of antd, but text that can be read all day: its own compact text would be 12 px or less. */
const dense =
  (mode: Mode): typeof antd.compactAlgorithm =>
  (_seed, map) => {
    if (!map) throw new Error('dense follows another algorithm');
    return {
      ...map,
      fontSize: 13,
      fontSizeSM: 12,
      fontSizeLG: 14,
      fontSizeXL: 16,
      lineHeight: 20 / 13,
      lineHeightSM: 20 / 12,
      lineHeightLG: 22 / 14,
      fontHeight: 20,
      fontHeightSM: 20,
      fontHeightLG: 22,
      controlHeight: 30,
      controlHeightSM: 24,
      controlHeightLG: 36,
      // The dark algorithm would dim what is read as text.
      colorWarningBg: palette[mode].warnFill,
      colorErrorBg: palette[mode].breachFill,
      colorLink: palette[mode].primary,
      colorLinkHover: palette[mode].inHand,
      colorLinkActive: palette[mode].inHand,
    };
  };

export function antdTheme(mode: Mode): ThemeConfig {
  const c = palette[mode];
  return {
    algorithm:
      mode === 'dark'
        ? [antd.darkAlgorithm, antd.compactAlgorithm, dense(mode)]
        : [antd.compactAlgorithm, dense(mode)],
    token: {
      colorPrimary: mode === 'dark' ? '#2f6fb5' : c.primary,
      colorLink: c.primary,
      colorInfo: c.inHand,
      colorError: c.breach,
      colorWarning: c.warn,
      colorSuccess: c.done,
      colorSuccessBg: c.doneFill,
      colorSuccessBorder: c.done,
      colorBgLayout: c.page,
      colorBgContainer: c.surface,
      colorBgElevated: c.raised,
      colorBorder: mode === 'dark' ? '#4a5561' : '#aab4c0',
      colorBorderSecondary: c.line,
      colorText: c.text,
      colorTextSecondary: c.quiet,
      colorTextDescription: c.quiet,
      colorTextPlaceholder: mode === 'dark' ? '#8592a0' : '#67727f',
      colorTextDisabled: mode === 'dark' ? '#8390a0' : '#6b7683',
      fontFamily,
      borderRadius: 3,
      motion: !globalThis.matchMedia('(prefers-reduced-motion: reduce)').matches,
      motionDurationMid: '0.1s',
      motionDurationSlow: '0.15s',
    },
    components: {
      Table: { cellPaddingBlockSM: 5, cellPaddingInlineSM: 8, headerBg: c.raised, headerColor: c.quiet },
      Form: { itemMarginBottom: 12 },
      Descriptions: { labelColor: c.quiet },
      Button: { primaryShadow: 'none', defaultShadow: 'none' },
      Tabs: {
        horizontalMargin: '0 0 8px 0',
        itemSelectedColor: c.inHand,
        itemHoverColor: c.inHand,
        itemActiveColor: c.inHand,
      },
      Menu: { itemSelectedColor: c.text, itemSelectedBg: c.selected },
    },
  };
}

/** The same tokens for plain CSS: `var(--hub-breach)`. */
export function cssVariables(mode: Mode): Record<string, string> {
  return Object.fromEntries(Object.entries(palette[mode]).map(([name, value]) => [`--hub-${name}`, value]));
}
