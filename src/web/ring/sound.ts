import { useSyncExternalStore } from 'react';

/**
 * Rings without a sound file: tones from Web Audio. Browsers keep silent until the person touched the page once, hence
 * `locked`; a shift starts with a test of the sound, which unlocks it.
 */
export type SoundState = 'locked' | 'ready' | 'unavailable';
/**
 * `urgent`: an incident asks this person to act. `gentle`: one waits that others were asked for. `work`: a ticket nobody has taken on;
 * `soft`: one that is less pressing. Each is told from the others without looking.
 */
export type Melody = 'urgent' | 'gentle' | 'work' | 'soft';
const loudest: readonly Melody[] = ['urgent', 'gentle', 'work', 'soft'];

interface Tone {
  hz: number;
  atS: number;
  forS: number;
}

const melodies: Readonly<Record<Melody, { everyMs: number; volume: number; tones: readonly Tone[] }>> = {
  urgent: {
    everyMs: 2_000,
    volume: 0.9,
    tones: [0, 0.28, 0.56, 0.84, 1.12, 1.4].map((atS, index) => ({
      hz: index % 2 === 0 ? 988 : 740,
      atS,
      forS: 0.24,
    })),
  },
  gentle: {
    everyMs: 6_000,
    volume: 0.45,
    tones: [
      { hz: 659, atS: 0, forS: 0.3 },
      { hz: 523, atS: 0.32, forS: 0.45 },
    ],
  },
  work: {
    everyMs: 15_000,
    volume: 0.5,
    tones: [392, 494, 587].map((hz, index) => ({ hz, atS: index * 0.2, forS: 0.16 })),
  },
  soft: { everyMs: 60_000, volume: 0.35, tones: [{ hz: 440, atS: 0, forS: 0.35 }] },
};

let context: AudioContext | undefined;
let looping: { melody: Melody; timer: number } | undefined;
const watchers = new Set<() => void>();

function tell(): void {
  for (const watcher of watchers) watcher();
}

function audio(): AudioContext | undefined {
  if (context || typeof AudioContext === 'undefined') return context;
  context = new AudioContext();
  context.onstatechange = tell;
  return context;
}

export function soundState(): SoundState {
  if (typeof AudioContext === 'undefined') return 'unavailable';
  return context?.state === 'running' ? 'ready' : 'locked';
}

/** Lets the page sound from now on; works only while the person touches the page. */
export async function unlockSound(): Promise<void> {
  try {
    await audio()?.resume();
  } catch {
    return;
  } finally {
    tell();
  }
}

function play(melody: Melody): void {
  const device = context;
  if (device?.state !== 'running') return;
  const { volume, tones } = melodies[melody];
  for (const tone of tones) {
    const start = device.currentTime + tone.atS;
    const oscillator = device.createOscillator();
    const gain = device.createGain();
    oscillator.type = melody === 'urgent' ? 'square' : 'sine';
    oscillator.frequency.value = tone.hz;
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(volume * 0.5, start + 0.015);
    gain.gain.setValueAtTime(volume * 0.5, start + tone.forS - 0.05);
    gain.gain.linearRampToValueAtTime(0, start + tone.forS);
    oscillator.connect(gain).connect(device.destination);
    oscillator.start(start);
    oscillator.stop(start + tone.forS);
  }
}

/** The ring as it will sound, once. */
export async function testSound(): Promise<void> {
  await unlockSound();
  play('urgent');
}

/** Something came that can wait a little: once, and softly. */
export function chime(): void {
  play('work');
}

const wishes = new Map<string, Melody>();

/** Loops the melody that `who` wishes until it wishes none; of several wishes the most urgent is heard. */
export function wishSound(who: string, melody: Melody | undefined): void {
  if (melody) wishes.set(who, melody);
  else wishes.delete(who);
  const wanted = loudest.find((one) => [...wishes.values()].includes(one));
  if (looping?.melody === wanted) return;
  if (looping) window.clearInterval(looping.timer);
  looping = undefined;
  if (!wanted) return;
  play(wanted);
  looping = { melody: wanted, timer: window.setInterval(() => play(wanted), melodies[wanted].everyMs) };
}

/** Any touch of the page is taken to unlock the sound. */
export function unlockOnTouch(): () => void {
  const unlock = () => {
    if (soundState() === 'locked') void unlockSound();
  };
  window.addEventListener('pointerdown', unlock);
  window.addEventListener('keydown', unlock);
  return () => {
    window.removeEventListener('pointerdown', unlock);
    window.removeEventListener('keydown', unlock);
  };
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function useSoundState(): SoundState {
  return useSyncExternalStore(watch, soundState);
}
