/** Moving through the bars of a trend and choosing a stretch of them: by pointer, by touch, and by keys. */
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';

export interface BarChoice {
  /** The bar under the pointer or the keys. */
  active: number | null;
  /** Both ends of the stretch being chosen. */
  stretch: { from: number; to: number } | null;
  handlers: {
    onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    onPointerUp: (event: PointerEvent<HTMLElement>) => void;
    onPointerCancel: () => void;
    onPointerLeave: () => void;
    onKeyDown: (event: KeyboardEvent) => void;
    onBlur: () => void;
  };
}

interface BarChoiceInput {
  count: number;
  /** The bar at a horizontal place inside the element. */
  barAt: (x: number) => number;
  /** A stretch was chosen: both ends, in any order. */
  onChoose: (from: number, to: number) => void;
}

/** Fewer pixels are an unsteady click. */
const leastDrag = 6;

export function useBarChoice({ count, barAt, onChoose }: BarChoiceInput): BarChoice {
  const [active, setActive] = useState<number | null>(null);
  const [anchor, setAnchor] = useState<number | null>(null);
  const pressed = useRef<{ bar: number; x: number } | null>(null);

  const placeOf = (event: PointerEvent<HTMLElement>): number =>
    event.clientX - event.currentTarget.getBoundingClientRect().left;
  const stop = (): void => {
    pressed.current = null;
    setAnchor(null);
  };
  const leave = (): void => {
    stop();
    setActive(null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (count === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = active ?? count - 1;
    if (event.key === 'Enter') onChoose(anchor ?? at, at);
    else if (event.key === 'Escape' && active !== null) leave();
    else {
      const to = target(event.key, active, count);
      if (to === null) return;
      setAnchor(event.shiftKey ? (anchor ?? at) : null);
      setActive(to);
    }
    event.preventDefault();
  };
  return {
    active: active === null || active >= count ? null : active,
    stretch: anchor === null || active === null ? null : { from: anchor, to: active },
    handlers: {
      onPointerDown(event) {
        if (event.button !== 0 || count === 0) return;
        const x = placeOf(event);
        pressed.current = { bar: barAt(x), x };
        event.currentTarget.setPointerCapture(event.pointerId);
      },
      onPointerMove(event) {
        if (count === 0) return;
        const x = placeOf(event);
        setActive(barAt(x));
        const begun = pressed.current;
        if (begun !== null && Math.abs(x - begun.x) >= leastDrag) setAnchor(begun.bar);
      },
      onPointerUp() {
        if (pressed.current !== null && anchor !== null && active !== null) onChoose(anchor, active);
        stop();
      },
      onPointerCancel: leave,
      onPointerLeave() {
        if (pressed.current === null) leave();
      },
      onKeyDown,
      onBlur: leave,
    },
  };
}

/** The bar that a key leads to; null for every other key. From nowhere the last bar is the first one. */
function target(key: string, active: number | null, count: number): number | null {
  const last = count - 1;
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  if (key === 'ArrowLeft') return active === null ? last : Math.max(0, active - 1);
  if (key === 'ArrowRight') return active === null ? last : Math.min(last, active + 1);
  return null;
}
