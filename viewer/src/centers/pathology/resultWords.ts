import type { StainResult } from './types.ts';

/** `3+ · 80 % · 强` */
export const resultWords = ({ result, percent, intensity }: StainResult): string =>
  [result, percent === undefined ? '' : `${percent} %`, intensity].filter(Boolean).join(' · ');
