import type { Point, SlideDescription } from '../types.ts';

export const magnifications = [1, 2, 4, 10, 20, 40] as const;

/**
 * The finest level is drawn whose pixels fill at least this share of a screen pixel: at the magnification buttons the
 * level of that magnification, pixel for pixel. (At one half, a finer level with four times the tiles would do.)
 */
export const leastPixelRatio = 0.6;

/** The magnification at which one pixel of the slide is one pixel of the screen; 10× is 1 µm per pixel by convention. */
export function nativeMagnification(slide: SlideDescription): number | null {
  if (slide.objectivePower) return slide.objectivePower;
  return slide.micrometrePerPixel ? 10 / slide.micrometrePerPixel : null;
}

/** A length of 1, 2 or 5 × 10ⁿ µm that takes between 60 and 150 pixels of the screen. */
export function scaleBar(micrometrePerScreenPixel: number): { micrometre: number; pixels: number } {
  const most = 150 * micrometrePerScreenPixel;
  const power = 10 ** Math.floor(Math.log10(most));
  const micrometre = [5, 2, 1].map((step) => step * power).find((step) => step <= most) ?? power;
  return { micrometre, pixels: micrometre / micrometrePerScreenPixel };
}

export function lengthOf([from, to]: Point[]): number {
  return from && to ? Math.hypot(to.x - from.x, to.y - from.y) : 0;
}

/** Area of a simple polygon (shoelace formula), in square pixels. */
export function areaOf(points: Point[]): number {
  let twice = 0;
  points.forEach((point, n) => {
    const next = points[(n + 1) % points.length] ?? point;
    twice += point.x * next.y - next.x * point.y;
  });
  return Math.abs(twice) / 2;
}

/** `340 µm`, `1.25 mm`; pixels where the slide has no scale. */
export function lengthWords(pixels: number, micrometrePerPixel: number | null): string {
  if (!micrometrePerPixel) return `${Math.round(pixels)} px`;
  const micrometre = pixels * micrometrePerPixel;
  return micrometre >= 1000
    ? `${(micrometre / 1000).toFixed(2)} mm`
    : `${micrometre.toFixed(micrometre < 10 ? 1 : 0)} µm`;
}

export function areaWords(squarePixels: number, micrometrePerPixel: number | null): string {
  if (!micrometrePerPixel) return `${Math.round(squarePixels)} px²`;
  const square = squarePixels * micrometrePerPixel ** 2;
  return square >= 1e5 ? `${(square / 1e6).toFixed(3)} mm²` : `${Math.round(square)} µm²`;
}
