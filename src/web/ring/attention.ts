import { useEffect } from 'react';

/** The browser's tab says by turns what happened and who says so. */
export function useTitleFlash(text: string | undefined, calm: string): void {
  useEffect(() => {
    document.title = calm;
    if (text === undefined) return;
    let shown = false;
    const timer = window.setInterval(() => {
      shown = !shown;
      document.title = shown ? text : calm;
    }, 900);
    return () => {
      window.clearInterval(timer);
      document.title = calm;
    };
  }, [text, calm]);
}

/** Phones that can shake do so while `active`. */
export function useVibration(active: boolean): void {
  useEffect(() => {
    if (!active || !('vibrate' in navigator)) return;
    // Before the first touch of the page browsers refuse and complain.
    const shake = () =>
      navigator.userActivation.hasBeenActive && navigator.vibrate([500, 200, 500, 200, 500]);
    shake();
    const timer = window.setInterval(shake, 2_500);
    return () => {
      window.clearInterval(timer);
      if (navigator.userActivation.hasBeenActive) navigator.vibrate(0);
    };
  }, [active]);
}

/** The screen stays on while `active`, where the browser can do that. */
export function useWakeLock(active: boolean): void {
  useEffect(() => {
    if (!active || !('wakeLock' in navigator)) return;
    let lock: WakeLockSentinel | undefined;
    let over = false;
    const take = () => {
      if (document.visibilityState !== 'visible') return;
      navigator.wakeLock.request('screen').then(
        (taken) => {
          if (over) void taken.release();
          else lock = taken;
        },
        () => undefined,
      );
    };
    take();
    document.addEventListener('visibilitychange', take);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', take);
      void lock?.release();
    };
  }, [active]);
}
