/** Moving the map by wheel, drag and buttons. */
import { useCallback, useEffect, useRef, useState, type PointerEvent } from 'react';
import { bringIntoView, moveBy, wholeMap, zoomAt, type Zoom } from './zoom.ts';

interface Size {
  width: number;
  height: number;
}

export interface MapZoom {
  zoom: Zoom;
  /** By a factor, around the middle. */
  step: (factor: number) => void;
  reset: () => void;
  /** A point of the unzoomed map, px. */
  show: (point: { x: number; y: number }) => void;
  /** Takes the wheel over the drawing. */
  onSvg: (element: Element | null) => (() => void) | undefined;
  handlers: {
    onPointerDown: (event: PointerEvent<Element>) => void;
    onPointerMove: (event: PointerEvent<Element>) => void;
    onPointerUp: (event: PointerEvent<Element>) => void;
    onPointerCancel: () => void;
  };
  /** The last press moved the map: it was no choice. */
  wasDrag: () => boolean;
}

const leastDrag = 4;

export function useMapZoom(size: Size | null): MapZoom {
  const [stored, setZoom] = useState(wholeMap);
  const latestSize = useRef(size);
  useEffect(() => {
    latestSize.current = size;
  });
  const press = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const dragged = useRef(false);
  // a smaller window keeps the map in its frame
  const zoom = size === null ? stored : moveBy(stored, 0, 0, size);

  const onSvg = useCallback((element: Element | null) => {
    if (element === null) return undefined;
    const onWheel = (event: Event): void => {
      if (!(event instanceof WheelEvent) || latestSize.current === null) return;
      // where the page itself scrolls, the wheel is the page's
      if (!event.ctrlKey && scrolls(element)) return;
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const point = { x: event.clientX - box.left, y: event.clientY - box.top };
      const frame = latestSize.current;
      setZoom((now) => zoomAt(now, Math.exp(-event.deltaY * 0.002), point, frame));
    };
    // React listens passively: the page would scroll as well
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, []);

  return {
    zoom,
    step(factor) {
      if (size !== null)
        setZoom((now) => zoomAt(now, factor, { x: size.width / 2, y: size.height / 2 }, size));
    },
    reset: () => setZoom(wholeMap),
    show(point) {
      if (size !== null) setZoom((now) => bringIntoView(now, point, size));
    },
    onSvg,
    wasDrag: () => dragged.current,
    handlers: {
      onPointerDown(event) {
        dragged.current = false;
        if (event.button === 0 && zoom.scale > 1)
          press.current = { x: event.clientX, y: event.clientY, moved: false };
      },
      onPointerMove(event) {
        const from = press.current;
        if (from === null || size === null) return;
        const dx = event.clientX - from.x;
        const dy = event.clientY - from.y;
        if (!from.moved && Math.hypot(dx, dy) < leastDrag) return;
        // captured only now: a mere click stays with the country under it
        if (!from.moved) event.currentTarget.setPointerCapture(event.pointerId);
        dragged.current = true;
        press.current = { x: event.clientX, y: event.clientY, moved: true };
        setZoom((now) => moveBy(now, dx, dy, size));
      },
      onPointerUp: () => void (press.current = null),
      onPointerCancel: () => void (press.current = null),
    },
  };
}

function scrolls(element: Element): boolean {
  for (let parent = element.parentElement; parent !== null; parent = parent.parentElement) {
    const { overflowY } = getComputedStyle(parent);
    if ((overflowY === 'auto' || overflowY === 'scroll') && parent.scrollHeight > parent.clientHeight + 1)
      return true;
  }
  return false;
}
