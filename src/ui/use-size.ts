/** The size of an element in CSS pixels, kept up to date. */
import { useCallback, useState } from 'react';

interface Size {
  width: number;
  height: number;
}

/** `size` is null until the element is in the page. */
export function useSize(): { ref: (element: Element | null) => (() => void) | undefined; size: Size | null } {
  const [size, setSize] = useState<Size | null>(null);
  const ref = useCallback((element: Element | null) => {
    if (element === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      setSize((now) => (now?.width === width && now.height === height ? now : { width, height }));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, size };
}
