import { type RefObject, useEffect, useState } from 'react';

/** Width of an element in CSS pixels, 0 before it is laid out, and how large a rem is. */
export function useWidth(element: RefObject<Element | null>): { width: number; rem: number } {
  const [size, setSize] = useState({ width: 0, rem: 16 });
  useEffect(() => {
    const watched = element.current;
    if (!watched) return;
    const observer = new ResizeObserver(() => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      setSize({ width: watched.clientWidth, rem });
    });
    observer.observe(watched);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
