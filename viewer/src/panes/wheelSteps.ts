export interface Turn {
  deltaY: number;
  /** 0 pixels, 1 lines, 2 pages. */
  deltaMode: number;
  /** Old, but the one number that says how many notches a mouse wheel turned: 120 for each. */
  wheelDeltaY?: number;
  timeStamp: number;
}

/** Way of two fingers on a trackpad for one slice. */
const slicePx = 30;
/** After such a pause a turn is a new one: its first move steps at once. */
const pauseMs = 150;

/**
 * Slices that turns of a wheel ask for, one call per event: a notch of a mouse is a slice, also where the browser gathers
 * several notches into one event; the many small moves of a trackpad or a smooth wheel are added up.
 */
export function createWheelSteps(): (turn: Turn) => number {
  let way = 0;
  let direction = 0;
  let last = -Infinity;
  return ({ deltaY, deltaMode, wheelDeltaY = 0, timeStamp }) => {
    const sign = Math.sign(deltaY);
    if (sign === 0) return 0;
    const fresh = timeStamp - last > pauseMs;
    last = timeStamp;
    if (fresh || sign !== direction) way = 0;
    direction = sign;
    if (deltaMode !== 0) return sign;
    if (Math.abs(deltaY) >= slicePx && wheelDeltaY !== 0 && wheelDeltaY % 120 === 0)
      return (sign * Math.abs(wheelDeltaY)) / 120;
    if (fresh && Math.abs(deltaY) < slicePx) return sign;
    way += deltaY;
    const steps = Math.trunc(way / slicePx);
    way -= steps * slicePx;
    return steps;
  };
}
