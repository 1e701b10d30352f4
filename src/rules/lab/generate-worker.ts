import { workerData } from 'node:worker_threads';
import { type GeneratedMix, generateDay } from './generated-days.ts';

export interface GenerateOrder {
  path: string;
  day: number;
  devices: number;
  mix: GeneratedMix;
}

for (const { path, ...order } of workerData as readonly GenerateOrder[]) generateDay(path, order);
