import { performance } from 'node:perf_hooks';
import { native } from '../../../protocols/native/native.ts';
import { watch } from '../../../protocols/watch/watch.ts';
import type { Protocol, ProtocolSession } from '../../model/uplinks.ts';
import { median, quantile } from './statistics.ts';

const FRAMES = 200_000;
const TIMED = 50_000;
const RECEIVED_AT = 1_795_334_400_000;

export interface DecodeResult {
  protocol: string;
  /** Frames a second on one core, a figure of each run. */
  framesPerSecond: number[];
  median: number;
  /** Of one frame, in microseconds. */
  p50: number;
  p99: number;
}

const watchFrame = (content: string) =>
  `[3G*8612345678*${content.length.toString(16).padStart(4, '0')}*${content}]`;

/** What bands say in an hour, in its proportions: mostly keep-alives and positions, some vitals, one press. */
const hourOfBands = [
  ...Array<string>(8).fill('LK,4120,12,67'),
  ...Array<string>(6).fill(
    'UD,221126,081502,A,30.390120,N,114.880340,E,1.20,93.0,31.0,9,88,67,4120,0,00000000,2,0,460,0,28713,41021,139,28713,41022,121,3,home,a0:c5:f2:b0:7a:d0,-54,shop,a0:c5:f2:b0:7a:d1,-61,,a0:c5:f2:b0:7a:d2,-70,12.5',
  ),
  'heart,76',
  'bphrt,128,78,71,165,1,70,60',
  'oxygen,0,97',
  'btemp2,1,36.4',
  'AL,221126,081502,V,0.000000,N,0.000000,E,0.00,0.0,0.0,0,88,67,4120,0,00010000,1,0,460,0,28713,41021,139,0',
].map(watchFrame);

const hourOfSensors = [
  '{"seq":41,"time":"2026-11-22T08:01:00Z","heart_rate":71,"spo2":97,"steps":4120,"worn":true,"battery":63}',
  '{"seq":42,"time":"2026-11-22T08:02:00Z","water_pressure":312.5,"water_flow":140,"battery":88}',
  '{"seq":43,"voltage":{"a":229.4,"b":230.1,"c":228.9},"current":{"a":11.2,"b":9.8,"c":10.4}}',
  '{"seq":44,"time":"2026-11-22T08:03:00Z","sos":true,"location":{"latitude":30.39,"longitude":114.88,"accuracyM":12}}',
  '{}',
];

/** Decodes and, where frames come in a stream, cuts it: what one core makes of the frames of bands and of sensors. */
export function benchDecode({
  runs,
  progress,
}: {
  runs: number;
  progress(text: string): void;
}): DecodeResult[] {
  return [
    measure(watch, hourOfBands, { runs, progress }),
    measure(native, hourOfSensors, { runs, progress, topic: 'gridguard/v1/band-7/up' }),
  ];
}

function measure(
  protocol: Protocol,
  texts: readonly string[],
  { runs, progress, topic }: { runs: number; progress(text: string): void; topic?: string },
): DecodeResult {
  const frames = Array.from({ length: 1000 }, (_, i) => Buffer.from(texts[i % texts.length] ?? ''));
  const take = taker(protocol, topic);
  for (let i = 0; i < FRAMES; i++) take(frames[i % frames.length] ?? Buffer.alloc(0));
  const framesPerSecond: number[] = [];
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    for (let i = 0; i < FRAMES; i++) take(frames[i % frames.length] ?? Buffer.alloc(0));
    framesPerSecond.push(Math.round(FRAMES / ((performance.now() - began) / 1000)));
    progress(`${protocol.name}: ${framesPerSecond.at(-1)} frames/s`);
  }
  const times = Array.from({ length: TIMED }, (_, i) => {
    const began = performance.now();
    take(frames[i % frames.length] ?? Buffer.alloc(0));
    return (performance.now() - began) * 1000;
  });
  return {
    protocol: protocol.name,
    framesPerSecond,
    median: median(framesPerSecond),
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  };
}

function taker({ split, decode }: Protocol, topic: string | undefined): (bytes: Uint8Array) => void {
  const told = topic === undefined ? {} : { topic };
  let session: ProtocolSession = {};
  return (bytes) => {
    const frames = split ? split(bytes).frames : [bytes];
    for (const frame of frames)
      session = decode(session, { bytes: frame, receivedAt: RECEIVED_AT, ...told }).session;
  };
}
