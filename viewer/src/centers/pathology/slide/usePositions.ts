import type OpenSeadragon from 'openseadragon';
import { useCallback, useEffect, useRef, useState } from 'react';
import { get, post } from '../../../api/client.ts';
import type { View } from './viewActs.ts';
import { viewOf } from './viewActs.ts';

interface Position extends View {
  at: string;
}

const restMs = 1_500;
const sendMs = 10_000;

/** Within a hundredth of the view's width. */
const sameView = (a: Position, b: Position): boolean =>
  Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y), Math.abs(a.width - b.width)) < b.width / 100;

/** Remembers views on which the eye rested, on this machine at once and at the hub in batches; goes back through them. */
export function usePositions(viewer: OpenSeadragon.Viewer | undefined, slideId: string) {
  const [history, setHistory] = useState<Position[]>([]);
  const unsent = useRef<Position[]>([]);
  useEffect(() => {
    let stopped = false;
    get<{ items: Position[] }>(`/api/pathology/slides/${slideId}/positions`).then(
      ({ items }) => !stopped && setHistory((own) => [...own, ...items].slice(0, 100)),
      () => undefined, // without the line the history of this session is enough
    );
    return () => {
      stopped = true;
    };
  }, [slideId]);
  useEffect(() => {
    if (!viewer) return;
    let rest: ReturnType<typeof setTimeout> | undefined;
    let last: Position | undefined;
    const settled = () => {
      clearTimeout(rest);
      rest = setTimeout(() => {
        const position = { ...viewOf(viewer), at: new Date().toISOString() };
        if (last && sameView(last, position)) return; // a resized window is no other place
        last = position;
        unsent.current.push(position);
        setHistory((own) => [position, ...own].slice(0, 100));
      }, restMs);
    };
    const send = () => {
      const positions = unsent.current.splice(0, 200);
      if (positions.length > 0)
        post(`/api/pathology/slides/${slideId}/positions`, { positions }).catch(() => undefined);
    };
    viewer.addHandler('animation-finish', settled);
    const timer = setInterval(send, sendMs);
    return () => {
      clearTimeout(rest);
      clearInterval(timer);
      viewer.removeHandler('animation-finish', settled);
      send();
    };
  }, [viewer, slideId]);
  const clear = useCallback(() => setHistory([]), []);
  return { history, clear };
}
