import { type RefObject, useEffect, useState } from 'react';

export interface Size {
  /** CSS pixels, 0 before it is laid out. */
  width: number;
  height: number;
  /** How large a rem is. */
  rem: number;
}

/** How large an element is, as it changes. */
export function useSize(element: RefObject<Element | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0, rem: 16 });
  useEffect(() => {
    const watched = element.current;
    if (!watched) return;
    const observer = new ResizeObserver(() => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      setSize({ width: watched.clientWidth, height: watched.clientHeight, rem });
    });
    observer.observe(watched);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
